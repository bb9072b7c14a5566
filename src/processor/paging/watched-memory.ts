import { PAGE_SIZE, PHYSICAL_BASE, State, Tlb } from '../state/layout';
import type { PhysicalMemory } from '../physical-memory';
import type { SoftwareTlb } from './tlb';

/** Somebody who is told of what instructions store to some frames of memory, or read there. */
export interface MemoryWatch {
  /** @param frame host-physical address of a page */
  watches(frame: number): boolean;
  /** The same of reads; without it nobody is told of them. */
  watchesReads?: ((frame: number) => boolean) | undefined;
  /** So many bytes at a host-physical address have been stored; RIP is still at the instruction. */
  stored(address: number, bytes: number): void;
  /** They have been read as data: neither fetched nor by a page walk, nor of a descriptor table. */
  loaded?(address: number, bytes: number): void;
}

/** What has to be known of code that lies in watched frames, too. */
export interface DecodedPlaces {
  /** Whether an instruction was decoded from any of the bytes. */
  isDecoded(address: number, bytes: number): boolean;
}

/**
 * Accesses to frames that somebody watches. The mark in the TLB keeps engines from going straight there; here they go
 * where they would have gone, by the same translation, so that nothing but the watcher can tell the difference.
 */
export class WatchedMemory {
  private readonly watches = new Set<MemoryWatch>();

  constructor(
    private readonly physical: PhysicalMemory,
    private readonly tlb: SoftwareTlb,
    private readonly code: DecodedPlaces,
    private readonly view: DataView,
  ) {}

  /** Somebody is told from now on. To be called again when he watches other frames. */
  begin(watch: MemoryWatch): void {
    this.watches.add(watch);
    this.mark();
  }

  end(watch: MemoryWatch): void {
    this.watches.delete(watch);
    this.mark();
  }

  private mark(): void {
    const all = [...this.watches];
    const readers = all.filter(({ watchesReads }) => watchesReads !== undefined);
    const reads = (frame: number): boolean =>
      readers.some((watch) => watch.watchesReads?.(frame) === true);
    this.readers = readers;
    this.tlb.watchReads(readers.length === 0 ? undefined : reads);
    // What is read to be written back goes the way of stores.
    const stores = (frame: number): boolean =>
      all.some((watch) => watch.watches(frame)) || reads(frame);
    this.tlb.watch(all.length === 0 ? undefined : stores);
  }

  private readers: readonly MemoryWatch[] = [];

  /** A store of an engine's to one page. @returns whether nothing but the watch kept it from going straight */
  store(linear: bigint, bytes: number, value: bigint): boolean {
    const address = this.straight(linear, bytes);
    if (address === undefined) return false;
    this.physical.write(address, bytes, value);
    this.stored(address, bytes);
    this.tlb.stored(this.set, linear);
    return true;
  }

  /** The same of vectors: they never go straight where code lies. */
  storeBytes(linear: bigint, data: Uint8Array): boolean {
    const address = this.straight(linear, data.length);
    if (address === undefined || this.marksAt(linear, data.length) !== Tlb.WATCHED) return false;
    this.physical.writeBytes(address, data);
    this.stored(address, data.length);
    this.tlb.stored(this.set, linear);
    return true;
  }

  /** Reads what a store will write back; undefined where it does not go straight. */
  loadForUpdate(linear: bigint, bytes: number): bigint | undefined {
    const address = this.straight(linear, bytes);
    if (address === undefined) return undefined;
    this.loaded(address, bytes);
    return this.physical.read(address, bytes);
  }

  /** Reads what an engine would read by itself but for the watch; undefined where it is not that which keeps it. */
  loadBytes(linear: bigint, bytes: number): Uint8Array | undefined {
    if (this.readers.length === 0) return undefined;
    const at = this.tlb.straight(this.set, linear, bytes, Tlb.READ_TAG);
    if (at === undefined) return undefined;
    this.loaded(at - PHYSICAL_BASE, bytes);
    return this.physical.readBytes(at - PHYSICAL_BASE, bytes);
  }

  /** A store within a page has been made, whichever way it took. */
  stored(address: number, bytes: number): void {
    for (const watch of this.watches) {
      if (watch.watches(address - (address % PAGE_SIZE))) watch.stored(address, bytes);
    }
  }

  /** The same of what was read. */
  loaded(address: number, bytes: number): void {
    for (const watch of this.readers) {
      const frame = address - (address % PAGE_SIZE);
      if (watch.watchesReads?.(frame)) watch.loaded?.(address, bytes);
    }
  }

  /** Where a store goes by the translation that is known, if only the watch is in its way. */
  private straight(linear: bigint, bytes: number): number | undefined {
    if (!this.tlb.isMarked) return undefined;
    const marks = this.marksAt(linear, bytes);
    if (marks === undefined || (marks & Tlb.WATCHED) === 0) return undefined;
    const address = this.tlb.addressOf(this.set, linear) - PHYSICAL_BASE;
    const isCode = marks & Tlb.HOLDS_CODE && this.code.isDecoded(address, bytes);
    return isCode ? undefined : address;
  }

  private marksAt(linear: bigint, bytes: number): number | undefined {
    return this.tlb.writeMarks(this.set, linear, bytes);
  }

  private get set(): number {
    return this.view.getInt32(State.TLB_SET, true);
  }
}
