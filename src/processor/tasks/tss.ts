import type { Mmu } from '../paging/mmu';

/** Task-state segments of 32 and 16 bits (SDM 3A 8.2.1, 8.6). Addresses are linear. */

/** What a TSS holds of a task. */
export interface TaskState {
  /** Absent from a TSS of 16 bits. */
  readonly cr3: bigint | undefined;
  readonly eip: bigint;
  readonly eflags: bigint;
  /** EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI. */
  readonly gprs: readonly bigint[];
  /** ES, CS, SS, DS, FS, GS; a TSS of 16 bits has no FS and GS, which become null. */
  readonly selectors: readonly number[];
  readonly ldt: number;
  /** The debug trap flag: #DB when the task is switched to. */
  readonly trap: boolean;
}

/** Where things lie in a TSS. */
interface Layout {
  /** Bytes of a register. */
  readonly width: 2 | 4;
  readonly cr3: number | undefined;
  readonly eip: number;
  readonly gprs: number;
  readonly selectors: number;
  /** How many of them there are, and how far apart. */
  readonly count: number;
  readonly step: 2 | 4;
  readonly ldt: number;
  readonly trap: number | undefined;
  /** The smallest limit of its segment. */
  readonly limit: number;
}

const WIDE: Layout = {
  width: 4,
  cr3: 0x1c,
  eip: 0x20,
  gprs: 0x28,
  selectors: 0x48,
  count: 6,
  step: 4,
  ldt: 0x60,
  trap: 0x64,
  limit: 0x67,
};

const NARROW: Layout = {
  width: 2,
  cr3: undefined,
  eip: 0x0e,
  gprs: 0x12,
  selectors: 0x22,
  count: 4,
  step: 2,
  ldt: 0x2a,
  trap: undefined,
  limit: 0x2b,
};

export const layoutOf = (wide: boolean): Layout => (wide ? WIDE : NARROW);

/** Where the offset of the I/O permission bitmap stands, and the smallest limit with which there is one. */
export const IO_MAP_BASE = 102;
export const TSS_LIMIT_WITH_IO_MAP = 103;

/** The first field: the selector of the task to go back to. */
export const PREVIOUS_TASK = 0;

/** @throws Fault #PF when part of it cannot be read */
export function readTss(mmu: Mmu, base: bigint, wide: boolean): TaskState {
  const at = layoutOf(wide);
  const register = (offset: number): bigint => mmu.loadSystem(base + BigInt(offset), at.width);
  const selector = (offset: number): number => Number(mmu.loadSystem(base + BigInt(offset), 2));
  return {
    cr3: at.cr3 === undefined ? undefined : register(at.cr3),
    eip: register(at.eip),
    eflags: register(at.eip + at.width),
    gprs: Array.from({ length: 8 }, (_, n) => register(at.gprs + n * at.width)),
    selectors: Array.from({ length: 6 }, (_, n) =>
      n < at.count ? selector(at.selectors + n * at.step) : 0,
    ),
    ldt: selector(at.ldt),
    trap: at.trap !== undefined && (selector(at.trap) & 1) !== 0,
  };
}

/** What a task switch saves of the old task: neither CR3 nor the selector of the LDT. */
export type SavedTask = Pick<TaskState, 'eip' | 'eflags' | 'gprs' | 'selectors'>;

/** @throws Fault #PF when part of it cannot be written; nothing has been written then */
export function writeTss(mmu: Mmu, base: bigint, wide: boolean, task: SavedTask): void {
  const at = layoutOf(wide);
  const last = at.selectors + at.count * at.step - 1;
  for (const offset of [at.eip, last]) requireWritable(mmu, base + BigInt(offset));
  const put = (offset: number, value: bigint, bytes: number): void => {
    const mask = (1n << BigInt(8 * bytes)) - 1n;
    mmu.storeSystem(base + BigInt(offset), bytes, value & mask);
  };
  put(at.eip, task.eip, at.width);
  put(at.eip + at.width, task.eflags, at.width);
  task.gprs.forEach((value, n) => {
    put(at.gprs + n * at.width, value, at.width);
  });
  task.selectors.slice(0, at.count).forEach((value, n) => {
    put(at.selectors + n * at.step, BigInt(value), 2);
  });
}

/** Faults as a write of the processor's own would. */
export function requireWritable(mmu: Mmu, linear: bigint): void {
  mmu.translate(linear, { write: true, execute: false, user: false, implicit: true });
}
