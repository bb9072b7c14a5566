import { EXCEPTIONS } from '../exceptions';
import { VECTOR_3, VECTOR_4, VECTOR_5 } from './intercepts';
import type { BitTable } from '../bits';

/** SVM exit codes (APM 2 appendix C). */

/** VMRUN found state in the VMCB that is not allowed: all ones (APM 2 15.5.1). */
export const VMEXIT_INVALID = 0xffff_ffff_ffff_ffffn;

/**
 * The codes of exits that an intercept makes are the numbers of their bits, counted from the beginning of the
 * VMCB (APM 2 table B-1, appendix C); of registers and exceptions the first ones are named.
 */
export const SvmExit = {
  CR_READ: 0x00,
  CR_WRITE: 0x10,
  DR_READ: 0x20,
  DR_WRITE: 0x30,
  EXCEPTION: 0x40,
  INTR: 0x60,
  NMI: 0x61,
  SMI: 0x62,
  INIT: 0x63,
  VINTR: 0x64,
  CR0_SEL_WRITE: 0x65,
  IDTR_READ: 0x66,
  GDTR_READ: 0x67,
  LDTR_READ: 0x68,
  TR_READ: 0x69,
  IDTR_WRITE: 0x6a,
  GDTR_WRITE: 0x6b,
  LDTR_WRITE: 0x6c,
  TR_WRITE: 0x6d,
  RDTSC: 0x6e,
  RDPMC: 0x6f,
  PUSHF: 0x70,
  POPF: 0x71,
  CPUID: 0x72,
  RSM: 0x73,
  IRET: 0x74,
  INTN: 0x75,
  INVD: 0x76,
  PAUSE: 0x77,
  HLT: 0x78,
  INVLPG: 0x79,
  INVLPGA: 0x7a,
  IOIO: 0x7b,
  MSR: 0x7c,
  TASK_SWITCH: 0x7d,
  FERR_FREEZE: 0x7e,
  SHUTDOWN: 0x7f,
  VMRUN: 0x80,
  VMMCALL: 0x81,
  VMLOAD: 0x82,
  VMSAVE: 0x83,
  STGI: 0x84,
  CLGI: 0x85,
  SKINIT: 0x86,
  RDTSCP: 0x87,
  ICEBP: 0x88,
  WBINVD: 0x89,
  MONITOR: 0x8a,
  MWAIT: 0x8b,
  MWAIT_ARMED: 0x8c,
  XSETBV: 0x8d,
  EFER_WRITE_TRAP: 0x8f,
  CR_WRITE_TRAP: 0x90,
  INVPCID: 0xa2,
  NPF: 0x400,
} as const;

/** The first code of those that follow the bits of a vector of intercepts. */
const FIRST = {
  CR_READ: 0,
  CR_WRITE: 0x10,
  DR_READ: 0x20,
  DR_WRITE: 0x30,
  EXCEPTION: 0x40,
} as const;

const OTHERS: ReadonlyMap<bigint, string> = new Map([
  [0x400n, 'NPF'],
  [0x401n, 'AVIC_INCOMPLETE_IPI'],
  [0x402n, 'AVIC_NOACCEL'],
  [0x403n, 'VMGEXIT'],
  [VMEXIT_INVALID, 'INVALID'],
  [VMEXIT_INVALID - 1n, 'BUSY'],
  [VMEXIT_INVALID - 2n, 'IDLE_REQUIRED'],
  [VMEXIT_INVALID - 3n, 'INVALID_PMC'],
]);

/** The name of a code, without VMEXIT_ in front: 'CPUID', 'NPF', 'CR0 read'; undefined for an unknown one. */
export function svmExitName(code: bigint): string | undefined {
  const other = OTHERS.get(code);
  if (other !== undefined) return other;
  if (code >= 0xc0n) return undefined;
  const number = Number(code);
  if (number < FIRST.DR_READ) return register('CR', number);
  if (number < FIRST.EXCEPTION) return register('DR', number - FIRST.DR_READ);
  if (number < 0x60) return EXCEPTIONS.find(({ vector }) => vector === number - 0x40)?.mnemonic;
  return inVector(number);
}

const register = (kind: string, n: number): string =>
  `${kind}${String(n % 16)} ${n < 16 ? 'read' : 'write'}`;

function inVector(number: number): string | undefined {
  const tables: readonly [number, BitTable][] = [
    [0xa0, VECTOR_5],
    [0x80, VECTOR_4],
    [0x60, VECTOR_3],
  ];
  const [first, table] = tables.find(([from]) => number >= from) ?? [0x60, VECTOR_3];
  return table.fields.find(({ low }) => low === number - first)?.name;
}
