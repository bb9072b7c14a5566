import { Pte } from '../../../isa/paging';
import { PAGE_SIZE } from '../../../processor/state/layout';
import type { Persistent } from '../../../processor/persistent';
import type { PhysicalMemory } from '../../../processor/physical-memory';
import type { FramePool } from './frame-pool';
import { Places } from './places';
import type { GuestTable, ShadowPage } from './shadow-page';

const ENTRIES = 512;

/** An entry that every table of the fourth level has, whatever the guest's say: a part of the address space is the monitor's. */
export interface ReservedEntry {
  readonly index: number;
  readonly entry: bigint;
}

const RESERVED_LEVEL = 4;

export interface ShadowTablesState {
  readonly pages: readonly ShadowPage[];
  readonly free: readonly number[];
  readonly changed: boolean;
  readonly watched: readonly number[];
}

/**
 * All shadow tables, for all address spaces: which there are, which frames of the guest's they stand for,
 * and from where frames are mapped. The entries themselves lie in host memory alone.
 */
export class ShadowTables implements Persistent<ShadowTablesState> {
  private readonly pages = new Map<string, ShadowPage>();
  private readonly byFrame = new Map<number, ShadowPage>();
  /** Frames that hold tables of the guest's, and the shadow tables that stand for them. */
  private readonly traced = new Map<number, Set<ShadowPage>>();
  /** The entries that are present, by the frame that they lead to. */
  private readonly places = new Places();
  /** Frames to which writes have to be seen though they hold no tables. */
  private watched: ReadonlySet<number> = new Set();
  /** An entry that the processor may know has been changed. */
  private changed = false;

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly pool: FramePool,
    private readonly reserved?: ReservedEntry,
  ) {}

  /** How many frames are left for new ones. */
  get free(): number {
    return this.pool.free;
  }

  /** Whether an entry has been changed since this was asked last that the processor may know. */
  takeChanged(): boolean {
    const { changed } = this;
    this.changed = false;
    return changed;
  }

  isTraced(frame: number): boolean {
    return this.traced.has(frame) || this.watched.has(frame);
  }

  /** Whether writes to it have to be seen for another reason than that it holds tables. */
  isWatched(frame: number): boolean {
    return this.watched.has(frame);
  }

  watch(frames: ReadonlySet<number>): void {
    const before = this.watched;
    this.watched = frames;
    for (const frame of frames) if (!before.has(frame)) this.protect(frame);
  }

  /** The shadow table of that name, which is made if there is none. */
  page(key: string, level: number, guest?: GuestTable): ShadowPage {
    const known = this.pages.get(key);
    if (known) return known;
    const page: ShadowPage = { key, frame: this.pool.allocate(), level, guest, writes: 0 };
    this.memory.writeBytes(page.frame, new Uint8Array(PAGE_SIZE));
    const { reserved } = this;
    if (reserved && level === RESERVED_LEVEL) {
      this.memory.write64(page.frame + reserved.index * 8, reserved.entry);
    }
    this.enlist(page);
    if (guest) this.protect(guest.frame);
    return page;
  }

  private enlist(page: ShadowPage): void {
    this.pages.set(page.key, page);
    this.byFrame.set(page.frame, page);
    if (!page.guest) return;
    const { frame } = page.guest;
    const shadows = this.traced.get(frame);
    if (shadows) shadows.add(page);
    else this.traced.set(frame, new Set([page]));
  }

  /** Writes an entry that leads to a frame: a table's, or the guest's. @returns whether it was another */
  fill(address: number, entry: bigint): boolean {
    const old = this.memory.read64(address);
    if (old === entry) return false;
    if (old & Pte.P) this.clear(address);
    this.memory.write64(address, entry);
    this.places.add(frameOf(entry), address);
    return true;
  }

  /** Clears an entry; a part of a large page that only it led to goes with it. */
  clear(address: number): void {
    const entry = this.memory.read64(address);
    if (!(entry & Pte.P) || this.isReserved(address)) return;
    this.changed = true;
    this.memory.write64(address, 0n);
    this.places.delete(frameOf(entry), address);
    const child = this.byFrame.get(frameOf(entry));
    if (child && !child.guest) this.remove(child);
  }

  private isReserved(address: number): boolean {
    const { reserved } = this;
    if (!reserved || address % PAGE_SIZE !== reserved.index * 8) return false;
    return this.byFrame.get(address - (address % PAGE_SIZE))?.level === RESERVED_LEVEL;
  }

  /** The frame holds a table of the guest's from now on: nobody writes to it unseen. */
  private protect(frame: number): void {
    for (const address of this.places.of(frame)) {
      const entry = this.memory.read64(address);
      if (!(entry & Pte.RW)) continue;
      this.memory.write64(address, entry & ~Pte.RW);
      this.changed = true;
    }
  }

  /**
   * Bytes of a frame have been written, by whoever: what was made of them is no longer so.
   * @returns the shadow tables concerned
   */
  written(address: number, length: number): ShadowPage[] {
    const frame = address - (address % PAGE_SIZE);
    const shadows = this.traced.get(frame);
    if (!shadows) return [];
    const pages = [...shadows];
    for (const page of pages) this.clearEntriesOf(page, address - frame, length);
    return pages;
  }

  private clearEntriesOf(page: ShadowPage, offset: number, length: number): void {
    const { guest } = page;
    if (!guest) return;
    const { entryBytes, part, shadowEntriesEach: each } = guest;
    const first = Math.floor(offset / entryBytes) * each - part * ENTRIES;
    const last = (Math.floor((offset + length - 1) / entryBytes) + 1) * each - part * ENTRIES;
    for (let n = Math.max(0, first); n < Math.min(ENTRIES, last); n++)
      this.clear(page.frame + n * 8);
  }

  /** A shadow table is given up, and with it the entries that lead to it. */
  remove(page: ShadowPage): void {
    if (!this.pages.delete(page.key)) return;
    this.byFrame.delete(page.frame);
    this.untrace(page);
    for (let n = 0; n < ENTRIES; n++) this.clear(page.frame + n * 8);
    for (const address of this.places.of(page.frame)) this.clear(address);
    this.pool.release(page.frame);
    this.changed = true;
  }

  private untrace(page: ShadowPage): void {
    if (!page.guest) return;
    const shadows = this.traced.get(page.guest.frame);
    shadows?.delete(page);
    if (shadows?.size === 0) this.traced.delete(page.guest.frame);
  }

  /** A frame is the guest's no longer: no entry leads there, and nothing stands for tables in it. */
  forgetFrame(frame: number): void {
    for (const page of [...(this.traced.get(frame) ?? [])]) this.remove(page);
    for (const address of [...this.places.of(frame)]) this.clear(address);
  }

  /** All of them are given up. */
  removeAll(): void {
    for (const page of this.pages.values()) this.pool.release(page.frame);
    this.forget();
    this.changed = true;
  }

  private forget(): void {
    this.pages.clear();
    this.byFrame.clear();
    this.traced.clear();
    this.places.clear();
  }

  save(): ShadowTablesState {
    const pages = [...this.pages.values()].map((page) => ({ ...page }));
    const watched = [...this.watched];
    return { pages, free: this.pool.save(), changed: this.changed, watched };
  }

  /** The entries lie in host memory, which has been restored before. */
  restore({ pages, free, changed, watched }: ShadowTablesState): void {
    this.forget();
    this.watched = new Set(watched);
    this.pool.restore(free);
    for (const page of pages) this.enlist({ ...page });
    for (const { frame } of pages) {
      for (let address = frame; address < frame + PAGE_SIZE; address += 8) {
        const entry = this.memory.read64(address);
        if (entry & Pte.P && !this.isReserved(address)) this.places.add(frameOf(entry), address);
      }
    }
    this.changed = changed;
  }
}

/** Frames of the host's lie below 4 GBytes. */
const frameOf = (entry: bigint): number => Number(entry & 0xffff_f000n);
