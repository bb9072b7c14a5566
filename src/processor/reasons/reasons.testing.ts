import assert from 'node:assert/strict';
import type { Fault } from '../faults';
import { CODE, GDT, IDT, longMode, PAGE_TABLES, Sel, setRing } from '../modes.testing';
import type { Processor } from '../processor';

/** Programs that fail a check of the processor, for the tests of the reasons beside it. */

export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RSP = 4;
export const DATA = 0x9000;

export type Setup = (cpu: Processor) => void;
export const nothing: Setup = () => undefined;
export const ring3: Setup = (cpu) => {
  setRing(cpu, 3);
};
export const rax =
  (value: number | bigint): Setup =>
  (cpu) => {
    cpu.state.setGpr(RAX, BigInt(value));
  };
export const both =
  (...setups: Setup[]): Setup =>
  (cpu) => {
    for (const setup of setups) setup(cpu);
  };

/** Runs an instruction and fetches the next; gives the exceptions of the shutdown that it leads to, first to last. */
function chainOf(cpu: Processor, bytes: readonly number[]): readonly Fault[] {
  cpu.physical.writeBytes(CODE, Uint8Array.from(bytes));
  cpu.state.rip = BigInt(CODE);
  const stop = cpu.run(2);
  return stop.kind === 'triple-fault' ? stop.chain : [];
}

/** Without a usable IDT every fault ends in shutdown. */
const noIdt: Setup = (cpu) => {
  cpu.state.idtr = { base: 0n, limit: 0 };
};

export interface Row {
  readonly check: string;
  /** What the words begin with. */
  readonly says: string;
  readonly mode: () => Processor;
  readonly setup: Setup;
  readonly bytes: readonly number[];
}

export function row(
  check: string,
  says: string,
  mode: () => Processor,
  setup: Setup,
  ...bytes: number[]
): Row {
  return { check, says, mode, setup: both(noIdt, setup), bytes };
}

/** The same with an IDT whose entry 0x40 is given, and INT 0x40. */
export function event(
  check: string,
  says: string,
  mode: () => Processor,
  low: bigint,
  setup: Setup,
): Row {
  const bytes = mode === longMode ? 16 : 8;
  const gate: Setup = (cpu) => {
    cpu.physical.write64(IDT + bytes * 0x40, low);
    cpu.physical.write64(IDT + bytes * 0x40 + 8, 0n);
  };
  return { check, says, mode, setup: both(gate, setup), bytes: [0xcd, 0x40] };
}

export const gate = (access: number, selector: number, offset = 0x9000n): bigint =>
  ((offset >> 16n) << 48n) |
  (BigInt(access) << 40n) |
  (BigInt(selector) << 16n) |
  (offset & 0xffffn);

export const msr =
  (number: number, value: bigint): Setup =>
  ({ state }) => {
    state.setGpr(RCX, BigInt(number));
    state.setGpr(RAX, value & 0xffffffffn);
    state.setGpr(RDX, value >> 32n);
  };

export const virtual8086: Setup = ({ state }) => {
  state.systemFlags |= 1n << 17n;
};
export const derived: Setup = (cpu) => {
  cpu.updateDerivedState();
};

const cr = (number: 0 | 3 | 4, value: bigint): readonly [Setup, number[]] => [
  rax(value),
  [0x0f, 0x22, 0xc0 | (number << 3)],
];

export function crRow(
  check: string,
  says: string,
  mode: () => Processor,
  n: 0 | 3 | 4,
  value: bigint,
  setup = nothing,
): Row {
  const [load, bytes] = cr(n, value);
  return row(check, says, mode, both(setup, load), ...bytes);
}

export const WRMSR = [0x0f, 0x30];
export const RDMSR = [0x0f, 0x32];
export const LOAD_DS = [0x8e, 0xd8];
export const LOAD_EAX = [0x8b, 0x05, 0x00, 0x90, 0x00, 0x00];
export const STORE_EAX = [0x89, 0x05, 0x00, 0x90, 0x00, 0x00];
export const LOAD_RAX_64 = [0x8b, 0x04, 0x25, 0x00, 0x90, 0x00, 0x00];
export const STORE_RAX_64 = [0x89, 0x04, 0x25, 0x00, 0x90, 0x00, 0x00];
export const VMXON = [0xf3, 0x0f, 0xc7, 0x34, 0x25, 0x00, 0x90, 0x00, 0x00];

/** The page at 0x8000 to 0x9fff is mapped by a page table with this entry for 0x9000. */
export const pte =
  (entry: bigint): Setup =>
  ({ physical }) => {
    physical.write64(PAGE_TABLES + 0x2000, 0x13007n);
    for (let n = 0; n < 512; n++)
      physical.write64(PAGE_TABLES + 0x3000 + 8 * n, BigInt(n << 12) | 7n);
    physical.write64(PAGE_TABLES + 0x3000 + 8 * 9, entry);
  };
export const cr4 =
  (bits: bigint): Setup =>
  ({ state }) => {
    state.cr4 |= bits;
  };
export const efer =
  (bits: bigint): Setup =>
  ({ state }) => {
    state.efer |= bits;
  };
export const far = (selector: number, offset = 0x9000): number[] => [
  0xea,
  ...[0, 8, 16, 24].map((shift) => (offset >> shift) & 0xff),
  selector & 0xff,
  selector >> 8,
];
export const descriptor =
  (low: bigint, high = 0n): Setup =>
  ({ physical }) => {
    physical.write64(GDT + Sel.FREE, low);
    physical.write64(GDT + Sel.FREE + 8, high);
  };
export const stacked =
  (...values: number[]): Setup =>
  ({ physical, state }) => {
    values.forEach((value, n) => {
      physical.write32(0x7000 + 4 * n, value);
    });
    state.setGpr(RSP, 0x7000n);
  };

/** The page that the jump comes from belongs to the supervisor. */
export function supervisorCode({ physical }: Processor): void {
  physical.write64(PAGE_TABLES + 0x3000 + 8 * 8, 0x8003n);
}

/** Each row as a test: the reason names the check and says what it found. */
export function testReasons(rows: readonly Row[]): void {
  for (const { check, says, mode, setup, bytes } of rows) {
    it(`${check}: ${says}`, () => {
      const cpu = mode();
      setup(cpu);
      const told = chainOf(cpu, bytes).map(({ reason }) => reason);
      const found = told.find((reason) => reason.check === check);
      assert.ok(found, `only ${told.map((reason) => reason.check).join(', ')}`);
      assert.equal(found.words().slice(0, says.length), says);
    });
  }
}
