import {
  CodeCache,
  CodeTlb,
  FIRST_PLACE,
  PAGE_SIZE,
  PHYSICAL_BASE,
  Tlb,
  type ProcessorPlace,
} from '../state/layout';
import type { Persistent } from '../persistent';
import type { PhysicalMemory } from '../physical-memory';

const NO_TAG = 0xffffffffffffffffn;
/** The low half of an empty tag: those of pages end in zeros, but for the marks. */
const EMPTY = 0xffffffff;
/** Where things stand in an entry's flags; see `Tlb.FLAGS`. */
export const TlbFlags = { GLOBAL: 1, SIZE_SHIFT: 8, KEY_SHIFT: 16 } as const;
const { GLOBAL, SIZE_SHIFT: SHIFT, KEY_SHIFT: KEY } = TlbFlags;
const PAGE_MASK = BigInt.asUintN(64, BigInt(-PAGE_SIZE));
/** What a tag tells beside its page: no part of the translation. */
const MARKS = Tlb.HOLDS_CODE | Tlb.WATCHED;

/** The world (0 root, 1 non-root) of a linear address that the TLB knows. */
export type World = 0 | 1;

/** A translation as the software TLB keeps it. */
export interface TlbFill {
  readonly linear: bigint;
  /** Host-physical address of the frame. */
  readonly frame: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly global: boolean;
  /** log2 of the size of the page that the frame is a part of. */
  readonly pageShift: number;
  /** The protection key by whose rights it may be read and written, if one decides. */
  readonly key?: number | undefined;
  /** Code was decoded from the frame. */
  readonly holdsCode: boolean;
}

/**
 * The translations in force, in the order of their places, which are given as those of the first processor; derived
 * hints are not among them.
 */
export interface TlbState {
  /** Seven words an entry: place, read tag, write tag (64 bits each), addend, flags. */
  readonly data: Uint32Array;
  /** Four words an entry: place, tag, frame. */
  readonly code: Uint32Array;
}

/**
 * The software TLB in the WebAssembly memory: direct-mapped, one set for each world and privilege.
 * A tag holds the page's linear address, or all ones. What it holds a guest can tell (a page-table
 * entry edited without INVLPG has no effect yet), so nothing but the guest's own doings may change it.
 */
export class SoftwareTlb implements Persistent<TlbState> {
  /** The places in use, for each world: a flush need not look at all the others. */
  private readonly used: readonly [Places, Places] = [new Places(), new Places()];
  private readonly usedByCode: readonly [Places, Places] = [new Places(), new Places()];
  /** Whether a world has pieces of pages that are larger than a frame. */
  private readonly largePages: [boolean, boolean] = [false, false];
  private watches: ((frame: number) => boolean) | undefined;
  private readWatches: ((frame: number) => boolean) | undefined;
  private tracks: ((frame: number) => boolean) | undefined;

  private readonly view: DataView;

  /** @param memory what translations lead into: it is told of the frames that may be written by one */
  constructor(
    private readonly memory: Pick<PhysicalMemory, 'view' | 'reach'>,
    private readonly place: ProcessorPlace = FIRST_PLACE,
  ) {
    const { view } = memory;
    this.view = view;
    const all = (base: number, size: number): void => {
      new Uint8Array(view.buffer, base, size).fill(0xff);
    };
    all(place.tlb, Tlb.SETS * Tlb.SET_SIZE);
    all(place.codeTlb, CodeTlb.SETS * CodeTlb.SET_SIZE);
  }

  /** The set of a world (0 root, 1 non-root) and privilege for data, by its address; `EMPTY_SET` is one, too. */
  setOf(number: number): number {
    return this.place.tlb + number * Tlb.SET_SIZE;
  }

  /** The same for instruction fetches. */
  codeSetOf(number: number): number {
    return this.place.codeTlb + number * CodeTlb.SET_SIZE;
  }

  /** The number of the set that a place belongs to; see `Tlb.SETS`. */
  numberOf(at: number): number {
    return Math.floor((at - this.place.tlb) / Tlb.SET_SIZE);
  }

  private codeNumberOf(at: number): number {
    return Math.floor((at - this.place.codeTlb) / CodeTlb.SET_SIZE);
  }

  /** Keeps a translation for data in a set, given by its address. */
  fill(set: number, entry: TlbFill): void {
    const page = entry.linear & PAGE_MASK;
    const at = placeIn(set, page);
    const { view } = this;
    const world = worldOfSet(this.numberOf(set));
    if (this.isEmpty(at)) this.used[world].add(at);
    const marks = (entry.holdsCode ? Tlb.HOLDS_CODE : 0) | this.watchMark(entry.frame);
    const writeTag = page | BigInt(marks);
    // An entry serves reads and writes of one page: what was there for another page goes.
    const readTag = page | BigInt(this.readMark(entry.frame));
    view.setBigUint64(at + Tlb.READ_TAG, entry.readable ? readTag : NO_TAG, true);
    view.setBigUint64(at + Tlb.WRITE_TAG, entry.writable ? writeTag : NO_TAG, true);
    view.setInt32(at + Tlb.ADDEND, addendOf(page, entry.frame), true);
    if (entry.writable) this.memory.reach(entry.frame);
    const key = entry.key === undefined ? 0 : entry.key + 1;
    const flags = (entry.global ? GLOBAL : 0) | (entry.pageShift << SHIFT) | (key << KEY);
    view.setInt32(at + Tlb.FLAGS, flags, true);
    if (entry.pageShift > 12) this.largePages[world] = true;
  }

  /**
   * Where an access within one page goes in the WebAssembly memory, if it may go straight through, as the
   * engines' own accesses do.
   *
   * @param tag `Tlb.READ_TAG` or `Tlb.WRITE_TAG`
   */
  straight(set: number, linear: bigint, bytes: number, tag: number): number | undefined {
    const { view } = this;
    const low = Number(linear & 0xffffffffn) | 0;
    if ((low & (PAGE_SIZE - 1)) + bytes > PAGE_SIZE) return undefined;
    const at = set + ((low >>> 12) & (Tlb.ENTRIES - 1)) * Tlb.ENTRY_SIZE;
    if ((view.getInt32(at + tag, true) & ~Tlb.WATCHED) !== (low & -PAGE_SIZE)) return undefined;
    if (view.getUint32(at + tag + 4, true) !== Number(linear >> 32n)) return undefined;
    return (low + view.getInt32(at + Tlb.ADDEND, true)) >>> 0;
  }

  /** The marks of an entry by which bytes of one page may be written; undefined where there is none. */
  writeMarks(set: number, linear: bigint, bytes: number): number | undefined {
    if (Number(linear & 0xfffn) + bytes > PAGE_SIZE) return undefined;
    if (!this.knows(set, linear, Tlb.WRITE_TAG)) return undefined;
    return this.view.getUint32(placeIn(set, linear) + Tlb.WRITE_TAG, true) & MARKS;
  }

  /** Where a linear address that the set has a translation for lies in the WebAssembly memory. */
  addressOf(set: number, linear: bigint): number {
    const addend = this.view.getInt32(placeIn(set, linear) + Tlb.ADDEND, true);
    return (Number(linear & 0xffffffffn) + addend) >>> 0;
  }

  /** Whether a set has a translation, though the access may have to look where it goes. */
  knows(set: number, linear: bigint, tag: number): boolean {
    const page = linear & PAGE_MASK;
    const known = this.view.getBigUint64(placeIn(set, page) + tag, true);
    return known !== NO_TAG && (known & PAGE_MASK) === page;
  }

  /** Keeps a translation for instruction fetches; `frame` is a host-physical address. */
  fillCode(set: number, linear: bigint, frame: number): void {
    const at = codePlace(set, linear);
    if (this.view.getUint32(at + CodeTlb.TAG, true) === EMPTY) {
      this.usedByCode[worldOfSet(this.codeNumberOf(set))].add(at);
    }
    this.view.setBigUint64(at + CodeTlb.TAG, linear & PAGE_MASK, true);
    this.view.setUint32(at + CodeTlb.MAP, CodeCache.NO_MAP, true);
    this.view.setUint32(at + CodeTlb.FRAME, frame / PAGE_SIZE, true);
  }

  /** Where fetches from a linear page go: the frame's host-physical address, if it is known. */
  codeFrame(set: number, linear: bigint): number | undefined {
    const at = codePlace(set, linear);
    if (this.view.getBigUint64(at + CodeTlb.TAG, true) !== (linear & PAGE_MASK)) return undefined;
    return this.frameOfEntry(at);
  }

  /** The entry that holds the page of a linear address, given in halves, for instruction fetches. */
  codeEntry(set: number, low: number, high: number): number | undefined {
    const { view } = this;
    const at = set + ((low >>> 12) & (CodeTlb.ENTRIES - 1)) * CodeTlb.ENTRY_SIZE;
    if (view.getInt32(at + CodeTlb.TAG, true) !== (low & -PAGE_SIZE)) return undefined;
    return view.getInt32(at + CodeTlb.TAG + 4, true) === high ? at : undefined;
  }

  /** The host-physical address of the frame that fetches go to. */
  frameOfEntry(entry: number): number {
    return this.view.getUint32(entry + CodeTlb.FRAME, true) * PAGE_SIZE;
  }

  /** The record of what lies at an offset of the page; 0 where there is none. */
  recordOfEntry(entry: number, offset: number): number {
    const map = this.view.getUint32(entry + CodeTlb.MAP, true);
    return this.view.getUint32(map + offset * 4, true);
  }

  /** Tells where the records of a page that `codeFrame` knows are found. */
  setCodeMap(set: number, linear: bigint, map: number): void {
    this.view.setUint32(codePlace(set, linear) + CodeTlb.MAP, map, true);
  }

  /** The records are about to go, or a world's code segment sees other parts of them: no page has a map. */
  forgetMaps(world: World): void {
    this.usedByCode[world].filter((at) => {
      this.view.setUint32(at + CodeTlb.MAP, CodeCache.NO_MAP, true);
      return true;
    });
  }

  flushAll(): void {
    this.flushWorld(0, false);
    this.flushWorld(1, false);
  }

  /** Forgets the translations of one world; global ones stay when asked for (SDM 3A 4.10.4.1). */
  flushWorld(world: World, keepGlobal: boolean): void {
    this.used[world].filter((at) => {
      if (keepGlobal && this.view.getInt32(at + Tlb.FLAGS, true) & GLOBAL) return !this.isEmpty(at);
      this.drop(at);
      return false;
    });
    if (!keepGlobal) this.largePages[world] = false;
    this.flushCode(world);
  }

  /**
   * Forgets what one world knows of the page that a linear address lies in, global or not, whatever
   * its size (SDM 3A 4.10.4.1).
   */
  flushPage(world: World, linear: bigint): void {
    const index = Number((linear >> 12n) & BigInt(Tlb.ENTRIES - 1));
    for (const privilege of [0, 1]) {
      this.drop(this.setOf(world * 2 + privilege) + index * Tlb.ENTRY_SIZE);
    }
    if (this.largePages[world]) this.flushPieces(world, linear);
    this.flushCode(world);
  }

  /** The pieces of a large page stand in as many entries as were met. */
  private flushPieces(world: World, linear: bigint): void {
    this.used[world].filter((at) => {
      if (this.isEmpty(at)) return false;
      const shift = BigInt((this.view.getInt32(at + Tlb.FLAGS, true) >> SHIFT) & 0xff);
      const same = shift > 12n && this.tagOf(at) >> shift === linear >> shift;
      if (same) this.drop(at);
      return !same;
    });
  }

  /** Forgets the pages of some protection keys, in both worlds, which have one PKRU. Fetches obey no key. */
  flushKeys(concerns: (key: number) => boolean): void {
    for (const places of this.used) {
      places.filter((at) => {
        if (this.isEmpty(at)) return false;
        const key = (this.view.getInt32(at + Tlb.FLAGS, true) >> KEY) - 1;
        const goes = key >= 0 && concerns(key);
        if (goes) this.drop(at);
        return !goes;
      });
    }
  }

  private flushCode(world: World): void {
    this.usedByCode[world].filter((at) => {
      this.view.setBigUint64(at + CodeTlb.TAG, NO_TAG, true);
      return false;
    });
  }

  /** Code has been decoded from a frame: writes there must look where they write. */
  markCode(frame: number): void {
    this.eachWritable((at, low) => {
      const addend = this.view.getInt32(at + Tlb.ADDEND, true);
      const host = ((low & -PAGE_SIZE) + addend) | 0;
      if (host !== ((PHYSICAL_BASE + frame) | 0)) return;
      this.view.setUint32(at + Tlb.WRITE_TAG, low | Tlb.HOLDS_CODE, true);
    });
  }

  /**
   * Somebody wants to be told of stores to some frames, or nobody any more: no store of an engine's goes straight there.
   * Translations stay as they are.
   */
  watch(watches: ((frame: number) => boolean) | undefined): void {
    this.watches = watches;
    this.markWatched();
  }

  /** The same of reads. */
  watchReads(watches: ((frame: number) => boolean) | undefined): void {
    if (!this.readWatches && !watches) return;
    this.readWatches = watches;
    this.markReads();
  }

  private readMark(frame: number): number {
    return this.readWatches?.(frame) === true ? Tlb.WATCHED : 0;
  }

  private markReads(): void {
    this.each(Tlb.READ_TAG, (at, low) => {
      const tag = (low & -PAGE_SIZE) | this.readMark(this.frameOf(at, low));
      this.view.setUint32(at + Tlb.READ_TAG, tag >>> 0, true);
    });
  }

  /** The frame of an entry, host-physical, by the low half of a tag. */
  private frameOf(at: number, low: number): number {
    const addend = this.view.getInt32(at + Tlb.ADDEND, true);
    return ((low & -PAGE_SIZE) + addend - PHYSICAL_BASE) >>> 0;
  }

  /**
   * Somebody wants to know of the first store to each of some frames. The same; whoever makes a store that did not go
   * straight calls `stored` behind it.
   */
  track(tracks: ((frame: number) => boolean) | undefined): void {
    this.tracks = tracks;
    this.markWatched();
  }

  /** Whether stores may have to be told of. */
  get isMarked(): boolean {
    return this.watches !== undefined || this.tracks !== undefined;
  }

  /** A store has been made by a translation that is known: nobody may want to know of the next one to that page. */
  stored(set: number, linear: bigint): void {
    if (this.tracks && this.knows(set, linear, Tlb.WRITE_TAG)) this.mark(placeIn(set, linear));
  }

  private watchMark(frame: number): number {
    return this.watches?.(frame) === true || this.tracks?.(frame) === true ? Tlb.WATCHED : 0;
  }

  private mark(at: number): void {
    const low = this.view.getUint32(at + Tlb.WRITE_TAG, true);
    const tag = (low & ~Tlb.WATCHED) | this.watchMark(this.frameOf(at, low));
    this.view.setUint32(at + Tlb.WRITE_TAG, tag, true);
  }

  private markWatched(): void {
    this.eachWritable((at) => {
      this.mark(at);
    });
  }

  /** Forgets translations that lead to frames from `first` to `last`: somebody else answers there. */
  forgetFrames(first: number, last: number): void {
    for (const places of this.used) {
      places.filter((at) => {
        if (this.isEmpty(at)) return false;
        const page = Number(this.tagOf(at) & 0xffffffffn);
        const host = (page + this.view.getInt32(at + Tlb.ADDEND, true) - PHYSICAL_BASE) >>> 0;
        const inside = host >= first && host <= last;
        if (inside) this.drop(at);
        return !inside;
      });
    }
    for (const places of this.usedByCode) {
      places.filter((at) => {
        const frame = this.frameOfEntry(at);
        const inside = frame >= first && frame <= last;
        if (inside) this.view.setBigUint64(at + CodeTlb.TAG, NO_TAG, true);
        return !inside;
      });
    }
  }

  /** No frame holds code any more. */
  unmarkCode(): void {
    this.eachWritable((at, low) => {
      this.view.setUint32(at + Tlb.WRITE_TAG, low & ~Tlb.HOLDS_CODE, true);
    });
  }

  /** Visits the entries that may be written, with the low half of their tags. */
  private eachWritable(visit: (at: number, low: number) => void): void {
    this.each(Tlb.WRITE_TAG, visit);
  }

  /** Visits the entries that have a tag. */
  private each(tag: number, visit: (at: number, low: number) => void): void {
    for (const places of this.used) {
      places.filter((at) => {
        const low = this.view.getUint32(at + tag, true);
        if (low !== EMPTY) visit(at, low);
        return true;
      });
    }
  }

  save(): TlbState {
    const word = (at: number): number => this.view.getUint32(at, true);
    const data = this.used
      .flatMap((places) => places.sorted())
      .flatMap((at) => {
        const writeLow = word(at + Tlb.WRITE_TAG);
        if (this.isEmpty(at)) return [];
        const write = writeLow === EMPTY ? EMPTY : (writeLow & ~MARKS) >>> 0;
        const read = word(at) === EMPTY ? EMPTY : (word(at) & ~MARKS) >>> 0;
        const tags = [read, word(at + 4), write, word(at + Tlb.WRITE_TAG + 4)];
        const first = at - this.place.tlb + Tlb.BASE;
        return [first, ...tags, word(at + Tlb.ADDEND), word(at + Tlb.FLAGS)];
      });
    const code = this.usedByCode
      .flatMap((places) => places.sorted())
      .flatMap((at) => {
        const first = at - this.place.codeTlb + CodeTlb.BASE;
        return [first, word(at), word(at + 4), word(at + CodeTlb.FRAME)];
      });
    return { data: Uint32Array.from(data), code: Uint32Array.from(code) };
  }

  /** Brings the translations back; which frames hold code is forgotten. */
  restore({ data, code }: TlbState): void {
    this.flushAll();
    const words = (at: number, values: Uint32Array): void => {
      values.forEach((value, n) => {
        this.view.setUint32(at + 4 * n, value, true);
      });
    };
    for (let n = 0; n < data.length; n += 7) {
      const at = (data[n] ?? 0) - Tlb.BASE + this.place.tlb;
      words(at, data.subarray(n + 1, n + 7));
      const world = worldOfSet(this.numberOf(at));
      this.used[world].add(at);
      const write = this.view.getUint32(at + Tlb.WRITE_TAG, true);
      if (write !== EMPTY) this.memory.reach(this.frameOf(at, write));
      if ((((data[n + 6] ?? 0) >> SHIFT) & 0xff) > 12) this.largePages[world] = true;
    }
    for (let n = 0; n < code.length; n += 4) {
      const at = (code[n] ?? 0) - CodeTlb.BASE + this.place.codeTlb;
      words(at, code.subarray(n + 1, n + 3));
      words(at + CodeTlb.MAP, Uint32Array.of(CodeCache.NO_MAP, code[n + 3] ?? 0));
      this.usedByCode[worldOfSet(this.codeNumberOf(at))].add(at);
    }
    if (this.isMarked) this.markWatched();
    if (this.readWatches) this.markReads();
  }

  private isEmpty(at: number): boolean {
    return (
      this.view.getUint32(at + Tlb.READ_TAG, true) === EMPTY &&
      this.view.getUint32(at + Tlb.WRITE_TAG, true) === EMPTY
    );
  }

  /** The linear page of an entry that may be read or written. */
  private tagOf(at: number): bigint {
    const read = this.view.getBigUint64(at + Tlb.READ_TAG, true);
    const tag = read === NO_TAG ? this.view.getBigUint64(at + Tlb.WRITE_TAG, true) : read;
    return tag & PAGE_MASK;
  }

  private drop(at: number): void {
    this.view.setBigUint64(at + Tlb.READ_TAG, NO_TAG, true);
    this.view.setBigUint64(at + Tlb.WRITE_TAG, NO_TAG, true);
  }
}

/** A list of places; one that was dropped and filled again may stand in it twice. */
class Places {
  private places = new Int32Array(256);
  private count = 0;

  add(at: number): void {
    if (this.count === this.places.length) this.grow();
    this.places[this.count++] = at;
  }

  /** Keeps those for which `keep` holds. */
  filter(keep: (at: number) => boolean): void {
    let kept = 0;
    for (let n = 0; n < this.count; n++) {
      const at = this.places[n] ?? 0;
      if (keep(at)) this.places[kept++] = at;
    }
    this.count = kept;
  }

  /** Each place once, in rising order. */
  sorted(): number[] {
    return [...new Set(this.places.subarray(0, this.count).sort())];
  }

  private grow(): void {
    const once = this.sorted();
    this.places = new Int32Array(Math.max(256, 2 * once.length));
    this.places.set(once);
    this.count = once.length;
  }
}

/** Sets 0 and 1 are root operation's, 2 and 3 those of non-root operation. */
const worldOfSet = (set: number): World => (set < 2 ? 0 : 1);

const placeIn = (set: number, linear: bigint): number =>
  set + Number((linear >> 12n) & BigInt(Tlb.ENTRIES - 1)) * Tlb.ENTRY_SIZE;

function codePlace(set: number, linear: bigint): number {
  return set + Number((linear >> 12n) & BigInt(CodeTlb.ENTRIES - 1)) * CodeTlb.ENTRY_SIZE;
}

/** From the (wrapped) linear address to the address in the WebAssembly memory. */
const addendOf = (page: bigint, frame: number): number =>
  (PHYSICAL_BASE + frame - Number(page & 0xffffffffn)) | 0;
