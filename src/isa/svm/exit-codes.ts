import { EXCEPTIONS } from '../exceptions';
import { VECTOR_3, VECTOR_4, VECTOR_5 } from './intercepts';
import type { BitTable } from '../bits';

/** SVM exit codes (APM 2 appendix C). */

/** VMRUN found state in the VMCB that is not allowed: all ones (APM 2 15.5.1). */
export const VMEXIT_INVALID = 0xffff_ffff_ffff_ffffn;

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
