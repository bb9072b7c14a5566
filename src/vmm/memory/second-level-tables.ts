import { EptRights, Epte } from '../../isa/ept';
import { tableIndex } from '../../isa/paging';
import type { Persistent } from '../../processor/persistent';
import type { PhysicalMemory } from '../../processor/physical-memory';
import type { FrameAllocator } from '../host/frames';
import type { GuestPage } from './guest-pages';

/** An entry that has none of these leads nowhere: R, W and X of the EPT, P, R/W and U/S of nested tables. */
const LEADS_ON = BigInt(EptRights.ALL);
const LEVELS = 4;
const ADDRESS_BITS = 48n;

/** A page that the tables do not map while something lies over it, and the entry that is its own. */
export interface CoveredPage {
  readonly page: bigint;
  readonly entry: bigint;
}

/**
 * Builds the tables that lead from guest-physical addresses to host frames, one 4-KByte mapping at a time: four levels
 * of 512 entries in host memory, with addresses in bits 51:12. What an entry looks like otherwise is the processor's.
 */
export abstract class SecondLevelTables implements Persistent<CoveredPage | undefined> {
  protected readonly root: number;
  /** The page at which nothing is mapped for the present, and the entry that it will have again. */
  private covered: CoveredPage | undefined;

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly frames: FrameAllocator,
  ) {
    this.root = frames.allocate();
  }

  /** What the processor is given to find them. */
  abstract get pointer(): bigint;
  /** An entry that refers to another table. */
  protected abstract readonly tableRights: bigint;
  /** What stands beside the frame in the entry of a page that has rights. @param rights of `EptRights` */
  protected abstract pageBits(rights: number): bigint;
  /** Whether the entry of a page that is mapped allows writes. */
  protected abstract allowsWrites(entry: bigint): boolean;

  /** Maps a guest-physical page to a host frame. @param rights of `EptRights`; 0: accesses come to the monitor */
  map(guestPhysical: bigint, frame: number, rights: number = EptRights.ALL): void {
    this.setEntry(guestPhysical, BigInt(frame) | (rights === 0 ? 0n : this.pageBits(rights)));
  }

  /** What a page is mapped to; undefined where it is not. */
  pageAt(page: bigint): GuestPage | undefined {
    if (page >> ADDRESS_BITS) return undefined;
    const at = this.knownEntry(page);
    const entry = at === undefined ? 0n : this.memory.read64(at);
    if ((entry & LEADS_ON) === 0n) return undefined;
    return { frame: Number(entry & Epte.ADDRESS), writable: this.allowsWrites(entry) };
  }

  private setEntry(page: bigint, entry: bigint): void {
    if (page === this.covered?.page) this.covered = { page, entry };
    else this.memory.write64(this.entryAddress(page), entry);
  }

  /** Nothing is mapped at a page until another one is covered; what `map` says of it comes then. Undefined: at none. */
  cover(page: bigint | undefined): void {
    const was = this.covered;
    if (page === was?.page) return;
    this.covered = undefined;
    if (was?.entry) this.setEntry(was.page, was.entry);
    if (page === undefined) return;
    const at = this.knownEntry(page);
    this.covered = { page, entry: at === undefined ? 0n : this.memory.read64(at) };
    if (at !== undefined) this.memory.write64(at, 0n);
  }

  /** The frame of a page as it is without what covers it; undefined where it is not covered, or has none. */
  coveredFrame(page: bigint): number | undefined {
    const { covered } = this;
    const mapped = covered?.page === page && (covered.entry & LEADS_ON) !== 0n;
    return mapped ? Number(covered.entry & Epte.ADDRESS) : undefined;
  }

  save(): CoveredPage | undefined {
    return this.covered;
  }

  /** The tables themselves lie in host memory. */
  restore(covered: CoveredPage | undefined): void {
    this.covered = covered;
  }

  /** The address of the last-level entry; undefined where there are no tables for it. */
  private knownEntry(guestPhysical: bigint): number | undefined {
    let table = this.root;
    for (let level = LEVELS; level > 1; level--) {
      const entry = this.memory.read64(table + tableIndex(guestPhysical, level) * 8);
      if ((entry & LEADS_ON) === 0n) return undefined;
      table = Number(entry & Epte.ADDRESS);
    }
    return table + tableIndex(guestPhysical, 1) * 8;
  }

  /** The address of the last-level entry, its tables made as needed. */
  private entryAddress(guestPhysical: bigint): number {
    let table = this.root;
    for (let level = LEVELS; level > 1; level--) {
      const at = table + tableIndex(guestPhysical, level) * 8;
      let entry = this.memory.read64(at);
      if ((entry & LEADS_ON) === 0n) {
        entry = BigInt(this.frames.allocate()) | this.tableRights;
        this.memory.write64(at, entry);
      }
      table = Number(entry & Epte.ADDRESS);
    }
    return table + tableIndex(guestPhysical, 1) * 8;
  }
}
