import { CodeCache as Area, PAGE_SIZE, RECORD_SIZE, Rec } from './layout';
import { InstructionDecoder, type Decoded } from './decoder/decoder';
import { FIRST_FORM_HANDLER, FOLLOW_HANDLER, SPECIAL_HANDLER } from './interpreter/module';
import type { PhysicalMemory } from './physical-memory';

/** What a record that is no instruction stands for (in its byte at SPECIAL_KIND). */
export const Special = {
  /** The instruction crosses into the next page: it is decoded anew each time. */
  STRADDLES: 1,
  BREAKPOINT: 2,
  /** The code has changed under the record: look it up again. */
  STALE: 3,
  INVALID: 4,
  UNIMPLEMENTED: 5,
} as const;
export const SPECIAL_KIND = 3;

const LONGEST_BLOCK = 64;
const SCRATCH_RECORDS = 2;
/** What must be free before a block is decoded: the block, and the map and bitmap of another page. */
const ROOM = (LONGEST_BLOCK + 1) * RECORD_SIZE + 2 * (Area.MAP_SIZE + Area.BITMAP_SIZE);

type CodeBits = 16 | 32 | 64;

interface CodePage {
  readonly frame: number;
  readonly bits: CodeBits;
  /** Address of 4096 record addresses. */
  readonly map: number;
  readonly records: number[];
  /** One bit for each byte of the frame that a record was decoded from, in whatever mode. */
  readonly decoded: Uint8Array;
}

/**
 * Decoded instructions by physical page and decoding mode. Records of a block follow one another;
 * where a block runs into one that is already there, or off its page, a FOLLOW record leads on.
 */
export class CodeCache {
  private readonly decoder = new InstructionDecoder();
  private readonly pages = new Map<number, CodePage>();
  private readonly bitmaps = new Map<number, Uint8Array>();
  private readonly view: DataView;
  private next: number = Area.BASE;
  /** Changes whenever all records are forgotten. */
  generation = 0;
  private breakpointOffsets: ReadonlySet<number> = new Set();

  constructor(
    private readonly memory: PhysicalMemory,
    /** Forget everything that leads to records: all of them are about to go. */
    private readonly onFlush: () => void,
  ) {
    this.view = memory.view;
    this.flush();
  }

  /** The page's map, for the code TLB. `frame` is the physical address of its first byte. */
  page(frame: number, bits: CodeBits): CodePage {
    const key = frame + (bits >> 5);
    let page = this.pages.get(key);
    if (!page) {
      const map = this.allocate(Area.MAP_SIZE);
      new Uint8Array(this.view.buffer, map, Area.MAP_SIZE).fill(0);
      page = { frame, bits, map, records: [], decoded: this.bitmap(frame) };
      this.pages.set(key, page);
    }
    return page;
  }

  /** The address of the bitmap of bytes that code was decoded from; 0 for a frame without code. */
  codeBytes(frame: number): number {
    return this.bitmaps.get(frame)?.byteOffset ?? 0;
  }

  private bitmap(frame: number): Uint8Array {
    let bitmap = this.bitmaps.get(frame);
    if (!bitmap) {
      bitmap = new Uint8Array(this.view.buffer, this.allocate(Area.BITMAP_SIZE), Area.BITMAP_SIZE);
      bitmap.fill(0);
      this.bitmaps.set(frame, bitmap);
    }
    return bitmap;
  }

  /** The record at an offset of a page, decoded if it was not yet. */
  record(page: CodePage, offset: number): number {
    const known = this.view.getUint32(page.map + offset * 4, true);
    if (known !== 0) return known;
    if (this.next + ROOM > Area.BASE + Area.SIZE) {
      this.flush();
      return this.record(this.page(page.frame, page.bits), offset);
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
    const record = this.scratchRecord;
    this.write(record, decoded, offset);
    this.writeFollow(record + RECORD_SIZE, offset + decoded.length, 0);
    return { record, length: decoded.length, complete };
  }

  /** Where the record of `scratch` lies. */
  readonly scratchRecord = Area.BASE;

  /** Whether two records may be tied together: neither is the scratch record. */
  isKept(a: number, b: number): boolean {
    return a !== this.scratchRecord && b !== this.scratchRecord;
  }

  /** Breakpoints may stand at these offsets of any page; whoever meets one decides. */
  setBreakpointOffsets(offsets: ReadonlySet<number>): void {
    this.breakpointOffsets = offsets;
    this.flush();
  }

  /** Bytes at a physical address have changed: records made from them must not be used again. */
  invalidate(address: number, length: number): void {
    const last = address + length - 1;
    for (let frame = address - (address % PAGE_SIZE); frame <= last; frame += PAGE_SIZE) {
      const bitmap = this.bitmaps.get(frame);
      if (!bitmap) continue;
      const end = Math.min(last, frame + PAGE_SIZE - 1);
      if (!touches(bitmap, Math.max(address, frame), end)) continue;
      for (const key of [frame, frame + 1, frame + 2]) {
        const page = this.pages.get(key);
        if (page) this.forget(page);
      }
    }
  }

  /** Forgets all code. */
  flush(): void {
    this.generation++;
    this.pages.clear();
    this.bitmaps.clear();
    this.next = Area.BASE + SCRATCH_RECORDS * RECORD_SIZE;
    this.onFlush();
  }

  /** The records stay where they are, marked stale, because one of them may be running. */
  private forget(page: CodePage): void {
    for (const record of page.records) {
      this.view.setUint16(record + Rec.HANDLER, SPECIAL_HANDLER, true);
      this.view.setUint8(record + SPECIAL_KIND, Special.STALE);
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
    for (let count = 0; count < LONGEST_BLOCK && offset < PAGE_SIZE; count++) {
      const known = this.view.getUint32(page.map + offset * 4, true);
      if (known !== 0) {
        this.follow(page, offset, known);
        return first;
      }
      const decoded = this.decoder.decode(bytes.subarray(offset, offset + 15), page.bits, offset);
      const record = this.allocate(RECORD_SIZE);
      this.write(record, decoded, offset);
      this.view.setUint32(page.map + offset * 4, record, true);
      page.records.push(record);
      mark(page, offset, Math.max(1, decoded.length));
      if (decoded.kind !== 'instruction' || decoded.endsBlock) return first;
      offset += decoded.length;
    }
    this.follow(page, offset, 0);
    return first;
  }

  private follow(page: CodePage, offset: number, target: number): void {
    const record = this.allocate(RECORD_SIZE);
    this.writeFollow(record, offset, target);
    page.records.push(record);
  }

  private writeFollow(record: number, offset: number, target: number): void {
    this.view.setUint16(record + Rec.HANDLER, FOLLOW_HANDLER, true);
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
    if (record !== this.scratchRecord && this.breakpointOffsets.has(offset)) {
      view.setUint16(record + Rec.HANDLER, SPECIAL_HANDLER, true);
      view.setUint8(record + SPECIAL_KIND, Special.BREAKPOINT);
    }
  }
}

const SPECIAL_BY_KIND = {
  incomplete: Special.STRADDLES,
  invalid: Special.INVALID,
  unimplemented: Special.UNIMPLEMENTED,
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
