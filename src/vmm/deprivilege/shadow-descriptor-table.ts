import type { PhysicalMemory } from '../../processor/physical-memory';
import type { Persistent } from '../../processor/persistent';
import { PAGE_SIZE } from '../../processor/state/layout';
import { shadowDescriptor, type Runs } from './descriptors';

/** The guest's memory by linear address, as far as it is mapped: where a page lies, host-physical. */
export type PageOf = (linear: bigint) => number | undefined;

const ENTRY = 8;

/**
 * A descriptor table that the processor uses in place of one of the guest's, which is traced: whoever writes to
 * it makes this one be made anew. The entries lie in host memory alone.
 */
export class ShadowDescriptorTable implements Persistent<number> {
  /** The guest's entries, as they were read last; undefined when they may be others. */
  private originals: BigUint64Array | undefined;
  /** What they were read by. */
  private base = 0n;
  private entries = 0;
  private frames = new Set<number>();
  /** How many entries of the shadow have been filled in. */
  private filled = 0;

  /**
   * @param frame host-physical address of the shadow
   * @param end its first byte that is not for the guest's entries
   */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly frame: number,
    private readonly end: number,
  ) {}

  /** The frames that hold the guest's table. */
  get traced(): ReadonlySet<number> {
    return this.frames;
  }

  /** It may have been written, or lie elsewhere. */
  forget(): void {
    this.originals = undefined;
  }

  /** Whether the guest's entries are as they were read last. */
  get isKnown(): boolean {
    return this.originals !== undefined;
  }

  /** Where the guest's table lies now. @param limit of its register; -1 where it has none */
  follow(base: bigint, limit: number, pageOf: PageOf): void {
    const entries = Math.min(Math.floor((limit + 1) / ENTRY), this.end / ENTRY);
    const pieces = piecesOf(base, entries * ENTRY, pageOf);
    const frames = new Set(pieces.map(({ frame }) => frame));
    const same = base === this.base && entries === this.entries && sameSet(frames, this.frames);
    if (same && this.originals) return;
    this.base = base;
    this.entries = entries;
    this.frames = frames;
    this.originals = this.read(entries, pieces);
  }

  /** An entry of the guest's table, 0 where it has none. @param selector of which the index counts */
  original(selector: number): bigint {
    return this.originals?.[selector >> 3] ?? 0n;
  }

  /** The entry with which the processor works in its place. */
  shadow(selector: number): bigint {
    return this.memory.read64(this.frame + (selector & 0xfff8));
  }

  /** Makes the shadow say what it has to for whoever runs. @param used selectors that segment registers hold */
  write(runs: Runs, used: ReadonlySet<number>): void {
    const count = this.entries;
    for (let n = 0; n < count; n++) {
      const wanted = shadowDescriptor(this.originals?.[n] ?? 0n, runs, used.has(n));
      this.put(n, wanted);
    }
    // What lies behind the guest's limit is null.
    for (let n = count; n < this.filled; n++) this.put(n, 0n);
    this.filled = count;
  }

  save(): number {
    return this.filled;
  }

  /** The entries lie in host memory, and the guest's in its own. */
  restore(filled: number): void {
    this.filled = filled;
    this.forget();
  }

  private put(n: number, wanted: bigint): void {
    const at = this.frame + n * ENTRY;
    if (this.memory.read64(at) !== wanted) this.memory.write64(at, wanted);
  }

  /** A page at a time: a table may have 8192 entries, and be written again and again. */
  private read(entries: number, pieces: readonly Piece[]): BigUint64Array {
    const bytes = new Uint8Array(entries * ENTRY);
    for (const { at, frame, offset, size } of pieces) {
      bytes.set(this.memory.readBytes(frame + offset, size), at);
    }
    return new BigUint64Array(bytes.buffer);
  }
}

/** What of a table lies in one page. */
interface Piece {
  /** From the beginning of the table. */
  readonly at: number;
  readonly frame: number;
  readonly offset: number;
  readonly size: number;
}

/** The parts of so many bytes at a linear address that lie anywhere. */
function piecesOf(linear: bigint, length: number, pageOf: PageOf): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < length;) {
    const address = linear + BigInt(at);
    const offset = Number(address & 0xfffn);
    const size = Math.min(PAGE_SIZE - offset, length - at);
    const frame = pageOf(address & -4096n);
    if (frame !== undefined) pieces.push({ at, frame, offset, size });
    at += size;
  }
  return pieces;
}

const sameSet = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean =>
  a.size === b.size && [...a].every((each) => b.has(each));
