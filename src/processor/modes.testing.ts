import { EXCEPTIONS } from '../isa/exceptions';
import type { Bus } from './bus';
import { createProcessor } from './create-processor';
import type { EngineKind } from './execution/engine';
import { Fault } from './faults';
import { CS, TR } from './state/layout';
import { PhysicalMemory } from './physical-memory';
import type { Processor } from './processor';

/** Processors in each mode, with the tables that rules of the manual are tried on. */

export const SILENT_BUS: Bus = {
  readPort: () => 0,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};

export const GDT = 0x1000;
export const IDT = 0x2000;
export const TSS = 0x3000;
export const PAGE_TABLES = 0x10000;
/** Where the instructions of `execute` stand. */
export const CODE = 0x8000;

/** Selectors of the GDT's descriptors; the RPL is 0. */
export const Sel = {
  CODE: 0x08,
  DATA: 0x10,
  USER_CODE: 0x18,
  USER_DATA: 0x20,
  CODE_64: 0x28,
  USER_CODE_64: 0x30,
  CONFORMING: 0x38,
  ABSENT_CODE: 0x40,
  ABSENT_DATA: 0x48,
  READ_ONLY: 0x50,
  EXECUTE_ONLY: 0x58,
  /** An available TSS, which no segment register but TR can hold. */
  SYSTEM: 0x60,
  /** L and D set: no code of IA-32e mode. */
  CODE_L_AND_D: 0x68,
  /** 16 bytes that tests fill. */
  FREE: 0x70,
  BEYOND: 0x100,
} as const;

/** As they stand in memory, from the null descriptor on (SDM 3A figure 3-8). */
const DESCRIPTORS = [
  0n,
  0x00cf9b000000ffffn,
  0x00cf93000000ffffn,
  0x00cffb000000ffffn,
  0x00cff3000000ffffn,
  0x00af9b000000ffffn,
  0x00affb000000ffffn,
  0x00cf9f000000ffffn,
  0x00cf1b000000ffffn,
  0x00cf13000000ffffn,
  0x00cf91000000ffffn,
  0x00cf99000000ffffn,
  0x0000890030000067n,
  0x00ef9b000000ffffn,
];

/** Just reset: real-address mode. */
export function realMode(engine: EngineKind = 'reference'): Processor {
  return createProcessor(new PhysicalMemory(0x200000), SILENT_BUS, engine);
}

/** Ring 0 of 32-bit code without paging. */
export function protectedMode(engine?: EngineKind): Processor {
  const cpu = realMode(engine);
  const { physical, state } = cpu;
  DESCRIPTORS.forEach((descriptor, n) => {
    physical.write64(GDT + 8 * n, descriptor);
  });
  state.gdtr = { base: BigInt(GDT), limit: 0xff };
  state.idtr = { base: BigInt(IDT), limit: 0xfff };
  state.setSegment(TR, {
    selector: Sel.SYSTEM,
    base: BigInt(TSS),
    limit: 0x67,
    accessRights: 0x8b,
  });
  state.cr0 = 0x31n;
  setRing(cpu, 0);
  state.setGpr(4, 0x7000n);
  return cpu;
}

/** Ring 0 of 64-bit code; the first 2 MBytes are mapped, for every ring. */
export function longMode(engine?: EngineKind): Processor {
  const cpu = protectedMode(engine);
  const { physical, state } = cpu;
  physical.write64(PAGE_TABLES, 0x11007n);
  physical.write64(PAGE_TABLES + 0x1000, 0x12007n);
  physical.write64(PAGE_TABLES + 0x2000, 0x87n);
  state.cr3 = BigInt(PAGE_TABLES);
  state.cr4 = 0x20n;
  state.efer = 0xd00n;
  state.cr0 = 0x80000031n;
  setRing(cpu, 0);
  return cpu;
}

/** All segment registers as flat segments of a ring; code is of the widest kind. */
export function setRing(cpu: Processor, ring: 0 | 1 | 2 | 3): void {
  const { state } = cpu;
  const dpl = ring << 5;
  const user = ring === 3;
  const code = state.longMode ? [Sel.CODE_64, Sel.USER_CODE_64] : [Sel.CODE, Sel.USER_CODE];
  for (let index = 0; index < 6; index++) {
    const [low, high] = index === CS ? code : [Sel.DATA, Sel.USER_DATA];
    const rights = index !== CS ? 0xc093 : state.longMode ? 0xa09b : 0xc09b;
    const selector = ((user ? high : low) ?? 0) | ring;
    state.setSegment(index, { selector, base: 0n, limit: 0xffffffff, accessRights: rights | dpl });
  }
  cpu.updateDerivedState();
}

/** The words on top of the stack, the last one pushed first. */
export function stack(cpu: Processor, count: number, bytes: 2 | 4 | 8): bigint[] {
  const top = Number(cpu.state.gpr(4));
  return Array.from({ length: count }, (_, n) => cpu.physical.read(top + n * bytes, bytes));
}

/** The exception that something raises, as the manual writes it, with its error code in hexadecimal. */
export function raised(action: () => unknown): string {
  try {
    action();
    return 'nothing';
  } catch (thrown) {
    if (thrown instanceof Fault) return spelled(thrown);
    throw thrown;
  }
}

function spelled({ vector, errorCode }: Fault): string {
  const name = EXCEPTIONS[vector]?.mnemonic ?? String(vector);
  return errorCode === undefined ? name : `${name}(${errorCode.toString(16)})`;
}

/** Executes one instruction at CODE; the IDT is empty, so a fault ends in shutdown and is told. */
export function execute(cpu: Processor, ...bytes: number[]): string {
  cpu.physical.writeBytes(CODE, Uint8Array.from(bytes));
  cpu.state.rip = BigInt(CODE);
  cpu.state.idtr = { base: 0n, limit: 0 };
  const stop = cpu.run(1);
  if (stop.kind !== 'triple-fault') return stop.kind === 'budget' ? 'nothing' : stop.kind;
  const [first] = stop.chain;
  return first ? spelled(first) : 'nothing';
}
