import type { MemoryWatch } from '../../processor/paging/watched-memory';
import { PAGE_SIZE } from '../../processor/state/layout';
import type { AddressSpace } from '../memory';
import type { Present, Target } from '../target';
import type { Reaction } from './reaction';

/** What an instruction must do to memory for somebody to be told. */
export type DataAccess = 'write' | 'read' | 'readWrite';

/** A breakpoint on memory: instructions that access it stop behind, also those that store the value that is there. */
export interface DataBreakpoint extends Omit<Reaction, 'logMessage'> {
  /** What the address is one of. Default: `gva`, in whatever address space is active. */
  readonly space?: AddressSpace;
  /** The number of the guest whose memory it is; undefined: of that which stores. */
  readonly guest?: number | undefined;
  /** Of the first byte. */
  readonly address: bigint;
  /** Bytes. */
  readonly length: number;
  /** Default: `write`. */
  readonly access?: DataAccess | undefined;
}

const NONE: readonly DataBreakpoint[] = [];

/**
 * The data breakpoints of a session. While there are any, every store of an instruction is looked at, and every read
 * where there is one on reads, by the way of `MemoryWatch`, which a guest cannot notice. What devices and monitors
 * access themselves is none.
 */
export class DataBreakpoints implements MemoryWatch {
  private readonly groups = new Map<string, readonly DataBreakpoint[]>();
  private all: readonly DataBreakpoint[] = [];
  private readonly hits = new Set<DataBreakpoint>();
  private isArmed = false;

  constructor(private readonly subject: Present) {}

  /** Replaces the data breakpoints of one origin. */
  replace(group: string, breakpoints: readonly DataBreakpoint[]): void {
    this.groups.set(group, breakpoints);
    const before = { any: this.all.length > 0, reads: this.watchesReads !== undefined };
    this.all = [...this.groups.values()].flat();
    const any = this.all.length > 0;
    const reads = this.all.some(({ access = 'write' }) => access !== 'write');
    if (any === before.any && reads === before.reads) return;
    this.watchesReads = reads ? () => true : undefined;
    for (const { mmu } of this.subject.machine.processors) {
      if (any) mmu.watched.begin(this);
      else mmu.watched.end(this);
    }
  }

  /** There only while somebody asks for reads: they are many. */
  watchesReads: (() => boolean) | undefined;

  /** Where a linear address leads to is found out when something is stored: programs edit their page tables. */
  watches(): boolean {
    return true;
  }

  stored(address: number, bytes: number): void {
    this.accessed('read', address, bytes);
  }

  loaded(address: number, bytes: number): void {
    this.accessed('write', address, bytes);
  }

  /** @param other what breakpoints ask for that are not concerned */
  private accessed(other: DataAccess, address: number, bytes: number): void {
    if (!this.isArmed) return;
    const hit = this.all.filter(
      (breakpoint) =>
        (breakpoint.access ?? 'write') !== other && this.isAt(breakpoint, address, bytes),
    );
    if (hit.length === 0) return;
    for (const breakpoint of hit) this.hits.add(breakpoint);
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
  take(): readonly DataBreakpoint[] {
    if (this.hits.size === 0) return NONE;
    const hit = [...this.hits];
    this.hits.clear();
    return hit;
  }

  /** @param start host-physical address of a store, within a page */
  private isAt(breakpoint: DataBreakpoint, start: number, bytes: number): boolean {
    const { address, length } = breakpoint;
    for (let done = 0; done < length;) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const offset = Number(at & BigInt(PAGE_SIZE - 1));
      const size = Math.min(length - done, PAGE_SIZE - offset);
      const from = start % PAGE_SIZE;
      // The offset in the page is the same in all address spaces.
      if (from < offset + size && offset < from + bytes) {
        const home = this.homeOf(breakpoint, at);
        if (home !== undefined && start < home + size && home < start + bytes) return true;
      }
      done += size;
    }
    return false;
  }

  /** The host-physical address of one of its bytes; undefined where there is none, or another guest stores. */
  private homeOf({ space = 'gva', guest }: DataBreakpoint, at: bigint): number | undefined {
    const { target, targets } = this.subject;
    const owner: Target | undefined = guest === undefined ? target : targets[guest];
    // Only of whoever executes it is known which address space is active.
    if (space === 'gva' && owner !== target) return undefined;
    const memory = space === 'gva' ? target.code.memory : owner?.memory;
    return memory?.hostAddress(space, at);
  }
}
