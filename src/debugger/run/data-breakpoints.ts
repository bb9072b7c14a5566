import type { StoreWatch } from '../../processor/paging/watched-stores';
import { PAGE_SIZE } from '../../processor/state/layout';
import type { Present } from '../target';

/** A breakpoint on memory: whatever the program's instructions store there stops them, also the value that is there. */
export interface DataBreakpoint {
  readonly id: number;
  /** The linear address of the first byte, in whatever address space is active. */
  readonly address: bigint;
  /** Bytes. */
  readonly length: number;
}

/**
 * The data breakpoints of a session. While there are any, every store of an instruction is looked at, by the way of
 * `StoreWatch`, which a guest cannot notice. What devices and monitors write themselves is none.
 */
export class DataBreakpoints implements StoreWatch {
  private readonly groups = new Map<string, readonly DataBreakpoint[]>();
  private all: readonly DataBreakpoint[] = [];
  private readonly hits = new Set<number>();
  private isArmed = false;

  constructor(private readonly subject: Present) {}

  /** Replaces the data breakpoints of one origin. */
  replace(group: string, breakpoints: readonly DataBreakpoint[]): void {
    this.groups.set(group, breakpoints);
    const before = this.all.length;
    this.all = [...this.groups.values()].flat();
    if (before > 0 === this.all.length > 0) return;
    for (const { mmu } of this.subject.machine.processors) {
      if (before > 0) mmu.watched.end(this);
      else mmu.watched.begin(this);
    }
  }

  /** Where a linear address leads to is found out when something is stored: programs edit their page tables. */
  watches(): boolean {
    return true;
  }

  stored(address: number, bytes: number): void {
    if (!this.isArmed) return;
    const hit = this.all.filter((breakpoint) => this.isAt(breakpoint, address, bytes));
    if (hit.length === 0) return;
    for (const { id } of hit) this.hits.add(id);
    this.subject.machine.computer.comeBack();
  }

  /** Lets the program execute. What it stores is not looked at otherwise: the past is only done again. */
  during<T>(execute: () => T): T {
    this.isArmed = this.all.length > 0;
    try {
      return execute();
    } finally {
      this.isArmed = false;
    }
  }

  /** Those that were hit since somebody asked. */
  take(): number[] {
    const ids = [...this.hits];
    this.hits.clear();
    return ids;
  }

  /** @param start host-physical address of a store, within a page */
  private isAt({ address, length }: DataBreakpoint, start: number, bytes: number): boolean {
    for (let done = 0; done < length;) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const offset = Number(at & BigInt(PAGE_SIZE - 1));
      const size = Math.min(length - done, PAGE_SIZE - offset);
      const from = start % PAGE_SIZE;
      // The offset in the page is the same in all address spaces.
      if (from < offset + size && offset < from + bytes) {
        const home = this.subject.target.code.memory.hostAddress('gva', at);
        if (home !== undefined && start < home + size && home < start + bytes) return true;
      }
      done += size;
    }
    return false;
  }
}
