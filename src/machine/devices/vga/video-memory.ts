import type { Persistent } from '../../../processor/persistent';
import { PLANE_SIZE, type Planes } from './planar-memory';
import { VBE_MEMORY } from './vbe';

const PAGE = 4096;
const PLANES_SIZE = 4 * PLANE_SIZE;

/** The pages that hold anything but zeros: their numbers in rising order, and their bytes. */
export interface VideoMemoryState {
  readonly pages: Uint32Array;
  readonly bytes: Uint8Array;
}

/** Who has the card's memory, if it has a place in the machine's. */
export interface CardOwner {
  /** All of it; otherwise the card has it. */
  readonly card?: Uint8Array;
  /** So many bytes of that, from an offset on, have been written in place. */
  cardWritten?(offset: number, length: number): void;
}

/** Video memory for whoever looks. */
export interface VideoBytes {
  readonly planes: Planes;
  /** What does not exist yet is shorter. */
  slice(start: number, end: number): Uint8Array;
}

/**
 * The memory on the card. The four planes of the VGA, one after the other, are its first 256 KBytes; the
 * rest, which only the VBE reaches, exists from its first use, or belongs to whoever has given it.
 */
export class VideoMemory implements VideoBytes, Persistent<VideoMemoryState> {
  private bytes: Uint8Array;
  private divided: Planes;

  /** All of it, when its owner has it and saves what lies behind the planes. */
  private readonly given: Uint8Array | undefined;

  constructor(private readonly owner: CardOwner = {}) {
    this.given = owner.card;
    this.bytes = this.given ?? new Uint8Array(PLANES_SIZE);
    this.divided = divide(this.bytes);
    // The planes are written in place at any time: nobody is told of each byte.
    if (this.given) owner.cardWritten?.(0, PLANES_SIZE);
  }

  get planes(): Planes {
    return this.divided;
  }

  read(offset: number): number {
    return this.bytes[offset] ?? 0;
  }

  write(offset: number, value: number): void {
    if (offset >= this.bytes.length) this.grow();
    this.bytes[offset] = value;
    this.owner.cardWritten?.(offset, 1);
  }

  /** In place; what does not exist yet is shorter. */
  slice(start: number, end: number): Uint8Array {
    return this.bytes.subarray(start, end);
  }

  clear(): void {
    this.bytes.fill(0);
    this.owner.cardWritten?.(0, this.bytes.length);
  }

  save(): VideoMemoryState {
    const pages: number[] = [];
    const { buffer, byteOffset } = this.bytes;
    const words = new Uint32Array(buffer, byteOffset, this.own / 4);
    const count = this.own / PAGE;
    for (let page = 0; page < count; page++) {
      const start = (page * PAGE) / 4;
      if (words.subarray(start, start + PAGE / 4).some((word) => word !== 0)) pages.push(page);
    }
    const bytes = new Uint8Array(pages.length * PAGE);
    pages.forEach((page, n) => {
      bytes.set(this.bytes.subarray(page * PAGE, (page + 1) * PAGE), n * PAGE);
    });
    return { pages: Uint32Array.from(pages), bytes };
  }

  /** Bytes that belong to somebody else are restored by then. */
  restore({ pages, bytes }: VideoMemoryState): void {
    this.bytes.fill(0, 0, this.own);
    pages.forEach((page, n) => {
      if (page * PAGE >= this.bytes.length) this.grow();
      this.bytes.set(bytes.subarray(n * PAGE, (n + 1) * PAGE), page * PAGE);
    });
  }

  /** How many bytes are saved here. */
  private get own(): number {
    return this.given ? PLANES_SIZE : this.bytes.length;
  }

  private grow(): void {
    const all = new Uint8Array(VBE_MEMORY);
    all.set(this.bytes);
    this.bytes = all;
    this.divided = divide(all);
  }
}

const plane = (bytes: Uint8Array, n: number): Uint8Array =>
  bytes.subarray(n * PLANE_SIZE, (n + 1) * PLANE_SIZE);

function divide(bytes: Uint8Array): Planes {
  return [plane(bytes, 0), plane(bytes, 1), plane(bytes, 2), plane(bytes, 3)];
}
