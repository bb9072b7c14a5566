import { MemoryType } from '../../isa/memory-types';
import { tableIndex } from '../../isa/paging';
import { EptRights, EptWalkLength, Epte } from '../../isa/ept';
import type { Persistent } from '../../processor/persistent';
import type { PhysicalMemory } from '../../processor/physical-memory';
import type { FrameAllocator } from '../host/frames';

const ALL = BigInt(EptRights.ALL);
/** The memory type of the pages, and of the EPT paging structures themselves. */
const WRITE_BACK = BigInt(MemoryType.WB);
const TYPE_SHIFT = 3n;

/** A page that the EPT does not map while something lies over it, and the entry that is its own. */
export interface CoveredPage {
  readonly page: bigint;
  readonly entry: bigint;
}

/** Builds the EPT paging structures in host memory, one 4-KByte mapping at a time. */
export class EptBuilder implements Persistent<CoveredPage | undefined> {
  private readonly root: number;
  /** The page at which nothing is mapped for the present, and the entry that it will have again. */
  private covered: CoveredPage | undefined;

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly frames: FrameAllocator,
  ) {
    this.root = frames.allocate();
  }

  /** EPTP: write-back, 4 levels (SDM 3C 25.6.11). Accessed and dirty flags are off. */
  get pointer(): bigint {
    return BigInt(this.root) | WRITE_BACK | EptWalkLength.LEVELS_4;
  }

  /** Maps a guest-physical page to a host frame. */
  map(guestPhysical: bigint, frame: number, rights: number = EptRights.ALL): void {
    const entry = BigInt(frame) | BigInt(rights) | (rights === 0 ? 0n : WRITE_BACK << TYPE_SHIFT);
    this.setEntry(guestPhysical, entry);
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
    const mapped = covered?.page === page && (covered.entry & ALL) !== 0n;
    return mapped ? Number(covered.entry & Epte.ADDRESS) : undefined;
  }

  save(): CoveredPage | undefined {
    return this.covered;
  }

  /** The paging structures themselves lie in host memory. */
  restore(covered: CoveredPage | undefined): void {
    this.covered = covered;
  }

  /** The address of the last-level entry; undefined where there are no tables for it. */
  private knownEntry(guestPhysical: bigint): number | undefined {
    let table = this.root;
    for (let level = 4; level > 1; level--) {
      const entry = this.memory.read64(table + tableIndex(guestPhysical, level) * 8);
      if ((entry & ALL) === 0n) return undefined;
      table = Number(entry & Epte.ADDRESS);
    }
    return table + tableIndex(guestPhysical, 1) * 8;
  }

  /** The address of the last-level entry, its tables made as needed. */
  private entryAddress(guestPhysical: bigint): number {
    let table = this.root;
    for (let level = 4; level > 1; level--) {
      const at = table + tableIndex(guestPhysical, level) * 8;
      let entry = this.memory.read64(at);
      if ((entry & ALL) === 0n) {
        entry = BigInt(this.frames.allocate()) | ALL;
        this.memory.write64(at, entry);
      }
      table = Number(entry & Epte.ADDRESS);
    }
    return table + tableIndex(guestPhysical, 1) * 8;
  }
}
