/** Little-endian structures, read with bounds and written one field after the other. */

/** A view of an image's bytes; what lies beyond them is undefined. */
export class Reader {
  private readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private has(offset: number, length: number): boolean {
    return offset >= 0 && offset + length <= this.bytes.length;
  }

  u8(offset: number): number | undefined {
    return this.bytes[offset];
  }

  u16(offset: number): number | undefined {
    return this.has(offset, 2) ? this.view.getUint16(offset, true) : undefined;
  }

  u32(offset: number): number | undefined {
    return this.has(offset, 4) ? this.view.getUint32(offset, true) : undefined;
  }

  u64(offset: number): bigint | undefined {
    return this.has(offset, 8) ? this.view.getBigUint64(offset, true) : undefined;
  }

  /** Characters up to a zero. */
  text(offset: number): string {
    let end = offset;
    while (end < this.bytes.length && this.bytes[end] !== 0) end++;
    return new TextDecoder().decode(this.bytes.subarray(offset, end));
  }

  hasText(offset: number, text: string): boolean {
    return [...text].every((character, n) => this.bytes[offset + n] === character.charCodeAt(0));
  }
}

/** Grows by what is appended. */
export class Writer {
  private readonly out: number[] = [];

  get length(): number {
    return this.out.length;
  }

  u8(...values: number[]): this {
    this.out.push(...values.map((value) => value & 0xff));
    return this;
  }

  u16(...values: number[]): this {
    for (const value of values) this.u8(value, value >>> 8);
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) this.u16(value & 0xffff, value >>> 16);
    return this;
  }

  u64(...values: (number | bigint)[]): this {
    for (const value of values) {
      const wide = BigInt(value);
      this.u32(Number(wide & 0xffffffffn), Number(wide >> 32n));
    }
    return this;
  }

  append(bytes: Iterable<number>): this {
    for (const byte of bytes) this.out.push(byte);
    return this;
  }

  align(boundary: number): this {
    while (this.out.length % boundary !== 0) this.out.push(0);
    return this;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.out);
  }
}
