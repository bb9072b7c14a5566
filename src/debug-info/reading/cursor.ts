import * as l10n from '@vscode/l10n';
import { DebugInfoError } from './debug-info-error';

/** A section of an ELF file, uncompressed. */
export interface Section {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** No number needs more groups of 7 bits than this. */
const LONGEST_LEB128 = 10;
/** Longer names are worth nothing to anybody, and cost time. */
const LONGEST_TEXT = 0x4000;
const DWARF64 = 0xffff_ffff;
/** Lengths from here to `DWARF64` are reserved. */
const FIRST_RESERVED = 0xffff_fff0;

/** Reads a section from an offset on, never beyond an end. What is wrong is thrown with its place. */
export class Cursor {
  private readonly view: DataView;

  constructor(
    readonly section: Section,
    public offset = 0,
    readonly end = section.bytes.length,
  ) {
    const { bytes } = section;
    if (offset < 0 || offset > end || end > bytes.length) {
      throw new DebugInfoError(section.name, offset, l10n.t('the section ends before'));
    }
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.end - this.offset;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.end;
  }

  fail(what: string, offset = this.offset): never {
    throw new DebugInfoError(this.section.name, offset, what);
  }

  /** Goes on behind so many bytes, and gives the offset where they begin. */
  skip(length: number): number {
    const { offset } = this;
    if (!(length >= 0 && length <= this.end - offset)) {
      this.fail(l10n.t('what begins here is cut off'));
    }
    this.offset += length;
    return offset;
  }

  u8(): number {
    return this.view.getUint8(this.skip(1));
  }

  s8(): number {
    return this.view.getInt8(this.skip(1));
  }

  u16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  u24(): number {
    return this.u16() | (this.u8() << 16);
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.skip(8), true);
  }

  /** A number of so many bytes, unsigned. */
  unsigned(bytes: number): bigint {
    switch (bytes) {
      case 1:
        return BigInt(this.u8());
      case 2:
        return BigInt(this.u16());
      case 4:
        return BigInt(this.u32());
      case 8:
        return this.u64();
      default:
        return this.fail(l10n.t('there are no numbers of {0} bytes', bytes));
    }
  }

  /** An offset in a section, or a length: 4 bytes, in the 64-bit format 8. */
  word(is64: boolean): number {
    if (!is64) return this.u32();
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.fail(l10n.t('the number is too large'));
    return Number(value);
  }

  /** The length of a unit, and whether it has the 64-bit format; the unit then ends within this cursor's end. */
  unitLength(): { readonly is64: boolean; readonly end: number } {
    const start = this.offset;
    const first = this.u32();
    if (first >= FIRST_RESERVED && first !== DWARF64) {
      this.fail(l10n.t('the length of a unit is none'), start);
    }
    const is64 = first === DWARF64;
    const length = is64 ? this.word(true) : first;
    if (length > this.left) this.fail(l10n.t('the unit is longer than its section'), start);
    return { is64, end: this.offset + length };
  }

  /** LEB128, 64 bits. */
  uleb64(): bigint {
    return BigInt.asUintN(64, this.leb().value);
  }

  sleb64(): bigint {
    const { value, bits, isNegative } = this.leb();
    return isNegative ? value - (1n << BigInt(bits)) : BigInt.asIntN(64, value);
  }

  /** The same for what is counted, or is an offset. */
  uleb(): number {
    const start = this.offset;
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80 && value <= Number.MAX_SAFE_INTEGER) return value;
    }
    this.offset = start;
    const long = this.uleb64();
    if (long > BigInt(Number.MAX_SAFE_INTEGER)) this.fail(l10n.t('the number is too large'), start);
    return Number(long);
  }

  sleb(): number {
    const start = this.offset;
    const value = Number(this.sleb64());
    if (!Number.isSafeInteger(value)) this.fail(l10n.t('the number is too large'), start);
    return value;
  }

  private leb(): { value: bigint; bits: number; isNegative: boolean } {
    const start = this.offset;
    let value = 0n;
    for (let n = 0; n < LONGEST_LEB128; n++) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << BigInt(7 * n);
      if (byte < 0x80) return { value, bits: 7 * (n + 1), isNegative: (byte & 0x40) !== 0 };
    }
    return this.fail(l10n.t('a number has no end'), start);
  }

  /** Characters up to a zero. */
  text(): string {
    const start = this.offset;
    const { bytes } = this.section;
    const limit = Math.min(this.end, start + LONGEST_TEXT);
    let at = start;
    while (at < limit && bytes[at] !== 0) at++;
    if (at >= limit) this.fail(l10n.t('a text has no end'), start);
    this.offset = at + 1;
    return new TextDecoder().decode(bytes.subarray(start, at));
  }

  /** A part of it: what is read there ends there. */
  part(length: number): Cursor {
    const start = this.skip(length);
    return new Cursor(this.section, start, start + length);
  }
}
