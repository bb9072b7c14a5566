import { CodeCache as Area, CodeFrames, PAGE_SIZE, RECORD_SIZE, Rec } from '../state/layout';
import { LONGEST_INSTRUCTION } from '../../isa/instructions/length';
import { InstructionDecoder, type Decoded } from '../decoder/decoder';
import {
  FIRST_FORM_HANDLER,
  FOLLOW_HANDLER,
  SPECIAL_HANDLER,
  UNCOUNTED_HANDLER,
} from './handler-numbers';
import { formTable } from '../decoder/forms';
import type { Form } from '../semantics/form';
import type { PhysicalMemory } from '../physical-memory';

/** What a record that is no instruction stands for (in its byte at SPECIAL_KIND). */
export const Special = {
  /** The instruction crosses into the next page: it is decoded anew each time. */
  STRADDLES: 1,
  /** The code has changed under the record: look it up again. */
  STALE: 3,
  INVALID: 4,
  ABSENT: 5,
} as const;
export const SPECIAL_KIND = 3;

/** Why the handler of a record is hidden (bits of its byte at `Rec.BREAKPOINT`). */
export const Hides = {
  /** A breakpoint may stand at its offset. */
  BREAKPOINT: 1,
  /** Somebody watches instructions of its form. */
  WATCH: 2,
} as const;

const LONGEST_BLOCK = 64;
/** What must be free before a block is decoded: the block, and the map and bitmap of another page. */
const ROOM = (LONGEST_BLOCK + 1) * RECORD_SIZE + 2 * (Area.MAP_SIZE + Area.BITMAP_SIZE);

/** What an instruction stands for that has been translated from another. */
export interface Origin {
  /** Whether it completes the other one: the rest of what stands for that counts as no instruction. */
  readonly counts: boolean;
  /** Where the other one lies in its page, if this is where what stands for it begins. */
  readonly offset: number | undefined;
}

/** Of an instruction at a host-physical address, if it has been translated. */
export type OriginOf = (address: number) => Origin | undefined;

type CodeBits = 16 | 32 | 64;

/** The part of a frame that code is seen of: all of it, but where the code segment begins or ends. */
export interface CodeWindow {
  /** Host-physical address of the frame's first byte. */
  readonly frame: number;
  readonly bits: CodeBits;
  /** The first and the last offset in the frame that belong to the segment. */
  readonly low: number;
  readonly high: number;
}

interface CodePage extends CodeWindow {
  /** Address of 4096 record addresses. */
  readonly map: number;
  readonly records: number[];
  /** One bit for each byte of the frame that a record was decoded from, in whatever window. */
  readonly decoded: Uint8Array;
  /** Whether instructions in it stand for others. */
  translated: boolean;
}

/**
 * Decoded instructions by physical frame, decoding mode and visible part. Records of a block follow one
 * another; where a block runs into one that is already there, or off its page, a FOLLOW record leads on.
 */
export class CodeCache {
  private readonly decoder = new InstructionDecoder();
  private readonly pages = new Map<number, CodePage>();
  /** What is known of each frame that code was decoded from. */
  private readonly frames = new Map<number, { readonly decoded: Uint8Array; pages: CodePage[] }>();
  private readonly view: DataView;
  private next: number = Area.FIRST_FREE;
  /** Changes whenever all records are forgotten. */
  generation = 0;
  private breakpointOffsets: ReadonlySet<number> = new Set();
  private watchedHandlers: ReadonlySet<number> = new Set();
  /** Tells translated code; to be set before any is decoded. */
  originOf: OriginOf = () => undefined;
  private breaksInTranslation = false;

  constructor(
    private readonly memory: PhysicalMemory,
    /** Forget everything that leads to records: all of them are about to go. */
    private readonly onFlush: () => void,
  ) {
    this.view = memory.view;
  }

  /** The page of records for a part of a frame. */
  page(window: CodeWindow): CodePage {
    const key = keyOf(window);
    let page = this.pages.get(key);
    if (!page) {
      const map = this.allocate(Area.MAP_SIZE);
      new Uint8Array(this.view.buffer, map, Area.MAP_SIZE).fill(0);
      const frame = this.frameOf(window.frame);
      page = { ...window, map, records: [], decoded: frame.decoded, translated: false };
      frame.pages.push(page);
      this.pages.set(key, page);
    }
    return page;
  }

  /** Whether code was decoded from a frame. */
  holdsCode(frame: number): boolean {
    return this.frames.has(frame);
  }

  /** Whether an instruction was decoded from any of the bytes, which lie in one frame. */
  isDecoded(address: number, bytes: number): boolean {
    const known = this.frames.get(address - (address % PAGE_SIZE));
    return known !== undefined && touches(known.decoded, address, address + bytes - 1);
  }

  private frameOf(frame: number): { readonly decoded: Uint8Array; pages: CodePage[] } {
    let known = this.frames.get(frame);
    if (!known) {
      const address = this.allocate(Area.BITMAP_SIZE);
      const decoded = new Uint8Array(this.view.buffer, address, Area.BITMAP_SIZE);
      decoded.fill(0);
      known = { decoded, pages: [] };
      this.frames.set(frame, known);
      this.view.setUint32(bitmapPointer(frame), address, true);
    }
    return known;
  }

  /** The record at an offset of a page, decoded if it was not yet. */
  record(page: CodePage, offset: number): number {
    const known = this.view.getUint32(page.map + offset * 4, true);
    if (known !== 0) return known;
    if (this.next + ROOM > Area.BASE + Area.SIZE) {
      this.flush();
      return this.record(this.page(page), offset);
    }
    return this.decodeBlock(page, offset);
  }

  /**
   * Decodes one instruction, from bytes that need not lie in one page, into a record that is good for
   * one execution; what follows it is looked up anew.
   */
  scratch(
    bytes: Uint8Array,
    bits: CodeBits,
    offset: number,
  ): { record: number; length: number; complete: boolean } {
    const decoded = this.decoder.decode(bytes, bits, offset);
    const complete = decoded.kind !== 'incomplete';
    if (!complete) decoded.kind = 'invalid';
    const record = Area.SCRATCH_RECORD;
    this.write(record, decoded, offset);
    this.hideIfWatched(record);
    this.writeFollow(record + RECORD_SIZE, offset + decoded.length, 0);
    return { record, length: decoded.length, complete };
  }

  /** Whether two records may be tied together: neither is the scratch record. */
  isKept(a: number, b: number): boolean {
    return a !== Area.SCRATCH_RECORD && b !== Area.SCRATCH_RECORD;
  }

  /** Whether the record stands for an instruction that needs more bytes than its page shows. */
  straddles(record: number): boolean {
    return this.view.getUint8(record + SPECIAL_KIND) === Special.STRADDLES;
  }

  /**
   * Breakpoints may stand at these offsets of any page; whoever meets one decides. Only the records
   * there are changed: for the guest nothing is.
   */
  setBreakpointOffsets(offsets: ReadonlySet<number>): void {
    const before = this.breakpointOffsets;
    this.breakpointOffsets = offsets;
    for (const offset of before) if (!offsets.has(offset)) this.patch(offset);
    for (const offset of offsets) if (!before.has(offset)) this.patch(offset);
  }

  /** Comes back before every instruction that stands for another, or for a part of one. */
  breakInTranslation(on: boolean): void {
    this.breaksInTranslation = on;
    for (const page of this.pages.values()) if (page.translated) this.patchTranslated(page);
  }

  /** Forms of which every instruction is to be seen before it is executed. To be told before anything is decoded. */
  watch(wanted: (form: Form) => boolean): void {
    const { forms } = formTable();
    const watched = forms.flatMap((form, n) => (wanted(form) ? [FIRST_FORM_HANDLER + n] : []));
    this.watchedHandlers = new Set(watched);
  }

  /** Whether a breakpoint may stand at an offset of a page. */
  breaksAt(offset: number): boolean {
    return this.breakpointOffsets.has(offset);
  }

  private patch(offset: number): void {
    for (const page of this.pages.values()) {
      const record = this.view.getUint32(page.map + offset * 4, true);
      if (record !== 0 && !page.translated) this.setHandler(record, page.frame + offset);
    }
    for (const page of this.pages.values()) if (page.translated) this.patchTranslated(page);
  }

  /** What stands for an instruction lies at another offset than that. */
  private patchTranslated({ frame, records }: CodePage): void {
    for (const record of records) {
      if (this.view.getUint16(record + Rec.HANDLER, true) === FOLLOW_HANDLER) continue;
      this.setHandler(record, frame + this.view.getUint16(record + Rec.OFFSET, true));
    }
  }

  /** The instruction's own handler, or the one that stops before it. */
  private setHandler(record: number, address: number): void {
    const own = this.view.getUint16(record + Rec.HIDDEN, true);
    const origin = this.originOf(address);
    const offset = origin ? origin.offset : address % PAGE_SIZE;
    const stands = offset !== undefined && this.breakpointOffsets.has(offset);
    const breaks = stands || (origin !== undefined && this.breaksInTranslation);
    const watched = !origin && this.watchedHandlers.has(own);
    const hides = (breaks ? Hides.BREAKPOINT : 0) | (watched ? Hides.WATCH : 0);
    this.view.setUint16(record + Rec.HANDLER, hides === 0 ? own : SPECIAL_HANDLER, true);
    this.view.setUint8(record + Rec.BREAKPOINT, hides);
  }

  /** Breakpoints at an instruction that straddles have been looked for before it is decoded. */
  private hideIfWatched(record: number): void {
    if (!this.watchedHandlers.has(this.view.getUint16(record + Rec.HIDDEN, true))) return;
    this.view.setUint16(record + Rec.HANDLER, SPECIAL_HANDLER, true);
    this.view.setUint8(record + Rec.BREAKPOINT, Hides.WATCH);
  }

  /** Bytes at a physical address have changed: records made from them must not be used again. */
  invalidate(address: number, length: number): void {
    const last = address + length - 1;
    for (let frame = (address & -PAGE_SIZE) >>> 0; frame <= last; frame += PAGE_SIZE) {
      if (this.view.getUint32(bitmapPointer(frame), true) === 0) continue;
      const known = this.frames.get(frame);
      if (!known) continue;
      const end = Math.min(last, frame + PAGE_SIZE - 1);
      if (!touches(known.decoded, Math.max(address, frame), end)) continue;
      for (const page of known.pages) this.forget(page);
    }
  }

  /** Forgets all code. */
  flush(): void {
    this.generation++;
    for (const frame of this.frames.keys()) this.view.setUint32(bitmapPointer(frame), 0, true);
    this.pages.clear();
    this.frames.clear();
    this.next = Area.FIRST_FREE;
    this.onFlush();
  }

  /** The records stay where they are, marked stale, because one of them may be running. */
  private forget(page: CodePage): void {
    for (const record of page.records) {
      this.view.setUint16(record + Rec.HANDLER, SPECIAL_HANDLER, true);
      this.view.setUint8(record + SPECIAL_KIND, Special.STALE);
      this.view.setUint8(record + Rec.BREAKPOINT, 0);
      this.view.setUint32(record + Rec.TARGET_RECORD, 0, true);
    }
    page.records.length = 0;
    page.decoded.fill(0);
    new Uint8Array(this.view.buffer, page.map, Area.MAP_SIZE).fill(0);
  }

  private decodeBlock(page: CodePage, start: number): number {
    const bytes = this.memory.readBytes(page.frame, PAGE_SIZE);
    const first = this.next;
    let offset = start;
    for (let count = 0; count < LONGEST_BLOCK && offset <= page.high; count++) {
      const known = this.view.getUint32(page.map + offset * 4, true);
      if (known !== 0) {
        this.follow(page, offset, known);
        return first;
      }
      const end = Math.min(offset + LONGEST_INSTRUCTION, page.high + 1);
      const decoded = this.decoder.decode(bytes.subarray(offset, end), page.bits, offset);
      const record = this.allocate(RECORD_SIZE);
      this.write(record, decoded, offset);
      this.translate(page, record, offset);
      this.setHandler(record, page.frame + offset);
      this.view.setUint32(page.map + offset * 4, record, true);
      page.records.push(record);
      mark(page, offset, Math.max(1, decoded.length));
      if (decoded.kind !== 'instruction' || decoded.endsBlock) return first;
      offset += decoded.length;
    }
    this.follow(page, offset, 0);
    return first;
  }

  /** An instruction of what stands for another counts by the last of them alone. */
  private translate(page: CodePage, record: number, offset: number): void {
    const origin = this.originOf(page.frame + offset);
    if (!origin) return;
    page.translated = true;
    const own = this.view.getUint16(record + Rec.HIDDEN, true);
    if (origin.counts || own === SPECIAL_HANDLER) return;
    this.view.setUint16(record + Rec.INNER, own, true);
    this.view.setUint16(record + Rec.HIDDEN, UNCOUNTED_HANDLER, true);
  }

  private follow(page: CodePage, offset: number, target: number): void {
    const record = this.allocate(RECORD_SIZE);
    this.writeFollow(record, offset, target);
    page.records.push(record);
  }

  private writeFollow(record: number, offset: number, target: number): void {
    this.view.setUint16(record + Rec.HANDLER, FOLLOW_HANDLER, true);
    this.view.setUint8(record + SPECIAL_KIND, 0);
    this.view.setUint8(record + Rec.BREAKPOINT, 0);
    this.view.setUint16(record + Rec.OFFSET, offset, true);
    this.view.setUint32(record + Rec.TARGET_RECORD, target, true);
  }

  private allocate(size: number): number {
    const at = this.next;
    this.next += size;
    return at;
  }

  private write(record: number, d: Decoded, offset: number): void {
    const { view } = this;
    const special = d.kind === 'instruction' ? 0 : SPECIAL_BY_KIND[d.kind];
    const handler = special ? SPECIAL_HANDLER : FIRST_FORM_HANDLER + d.form;
    view.setUint16(record + Rec.HANDLER, handler, true);
    view.setUint8(record + Rec.LENGTH, d.length);
    view.setUint8(record + SPECIAL_KIND, special);
    view.setUint16(record + Rec.OFFSET, offset, true);
    view.setUint16(record + Rec.HIDDEN, handler, true);
    d.operands.forEach((slot, n) => {
      view.setUint16(record + Rec.OPERANDS + 2 * n, slot, true);
    });
    view.setUint16(record + Rec.BASE, d.base, true);
    view.setUint16(record + Rec.INDEX, d.index, true);
    view.setUint16(record + Rec.SEGMENT, d.segment, true);
    view.setUint8(record + Rec.SCALE, d.scale);
    view.setBigUint64(record + Rec.DISPLACEMENT, d.displacement, true);
    view.setBigUint64(record + Rec.ADDRESS_MASK, d.addressMask, true);
    view.setBigInt64(record + Rec.IMMEDIATE, d.immediate, true);
    view.setBigInt64(record + Rec.TARGET, d.target, true);
    view.setUint32(record + Rec.TARGET_RECORD, 0, true);
    view.setUint8(record + Rec.BREAKPOINT, 0);
  }
}

const bitmapPointer = (frame: number): number =>
  CodeFrames.BASE + (frame >>> 12) * CodeFrames.ENTRY_SIZE;

/** One number for each window: frames come in 4,096 bytes, and so do both of its edges. */
const keyOf = ({ frame, bits, low, high }: CodeWindow): number =>
  ((frame + low) * PAGE_SIZE + high) * 4 + (bits >> 5);

const SPECIAL_BY_KIND = {
  incomplete: Special.STRADDLES,
  invalid: Special.INVALID,
  absent: Special.ABSENT,
} as const;

function mark(page: CodePage, offset: number, length: number): void {
  for (let at = offset; at < Math.min(PAGE_SIZE, offset + length); at++) {
    page.decoded[at >> 3] = (page.decoded[at >> 3] ?? 0) | (1 << (at & 7));
  }
}

function touches(bitmap: Uint8Array, first: number, last: number): boolean {
  for (let at = first % PAGE_SIZE; at <= last % PAGE_SIZE; at++) {
    if ((bitmap[at >> 3] ?? 0) & (1 << (at & 7))) return true;
  }
  return false;
}
