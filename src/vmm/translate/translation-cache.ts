import type { Origin } from '../../processor/execution/code-cache';
import type { Persistent } from '../../processor/persistent';
import type { PhysicalMemory } from '../../processor/physical-memory';
import { PAGE_SIZE } from '../../processor/state/layout';
import { LOOKUP_ENTRIES, type DataPage } from './data-page';
import { distanceTo, dword, Emitter } from './emitter';
import { writeArrival, writeMiss } from './arrival';
import type { Branch, Mark } from './mark';
import { CACHE_SIZE, cacheBase, type Bits } from './window';

/** What stands for a stretch of the guest's code that is entered at its beginning alone. */
export interface Block {
  /** RIP of its first instruction. */
  readonly rip: bigint;
  readonly bits: Bits;
  /** RIP behind its last one. */
  readonly end: bigint;
  /** Linear addresses of the pages that it was made from: one, or two where an instruction straddles. */
  readonly pages: readonly bigint[];
  /** Offset in the cache, and behind its last byte. */
  readonly start: number;
  readonly finish: number;
  readonly branches: readonly Branch[];
  /** Offset of where indirect branches arrive, once there was one. */
  arrival: number | undefined;
}

/** What has happened in it, for whoever looks. */
export interface CacheCounts {
  /** Blocks that were translated, branches that were tied to their target, blocks that were given up. */
  readonly translated: number;
  readonly chained: number;
  readonly invalidated: number;
  /** Indirect branches that the table did not know the target of. */
  readonly missed: number;
  /** How often all was given up. */
  readonly flushed: number;
}

export interface TranslationCacheState {
  readonly bits: Bits | undefined;
  readonly miss: bigint;
  readonly next: number;
  readonly counts: CacheCounts;
  readonly blocks: readonly Block[];
  readonly marks: readonly Mark[];
  readonly branches: readonly Branch[];
  /** By the RIP of a block: the places of the branches that are tied to it. */
  readonly links: readonly (readonly [rip: bigint, places: readonly number[]])[];
}

const NOTHING: CacheCounts = {
  translated: 0,
  chained: 0,
  invalidated: 0,
  missed: 0,
  flushed: 0,
};
/**
 * The translation cache. The code itself lies in host memory; here stands what it was made from. Space that a block
 * has left is not used again until all of the cache is given up: the guest may still be there.
 */
export class TranslationCache implements Persistent<TranslationCacheState> {
  private readonly blocks = new Map<bigint, Block>();
  private readonly marks = new Map<number, Mark>();
  /** The branches that lead to a block itself. */
  private readonly links = new Map<bigint, Set<Branch>>();
  /** By their stubs: those that may be tied to a block. */
  private readonly stubs = new Map<number, Branch>();
  private next = 0;
  /** Of all that is in it. */
  bits: Bits | undefined;
  /** The linear address where indirect branches go whose target the table does not have. */
  private miss = 0n;
  counts = NOTHING;

  constructor(
    private readonly memory: PhysicalMemory,
    /** Host-physical; the cache lies behind it. */
    readonly data: DataPage,
  ) {}

  /** Host-physical address of its first byte. */
  get frame(): number {
    return this.data.frame + PAGE_SIZE;
  }

  /** All is given up; code of that bitness comes. */
  begin(bits: Bits): void {
    if (this.next > 0) this.count('flushed');
    for (const each of [this.blocks, this.marks, this.links, this.stubs]) each.clear();
    this.next = 0;
    this.bits = bits;
    const { start } = this.place(bits, writeMiss);
    this.miss = cacheBase(bits) + BigInt(start);
    for (let low = 0; low < LOOKUP_ENTRIES; low++) this.data.setLookup(low, this.miss);
  }

  /** Whether there is room for another block and for where indirect branches arrive at it. */
  get hasRoom(): boolean {
    return this.next + 3 * PAGE_SIZE <= CACHE_SIZE;
  }

  /** In bytes. */
  readonly size = CACHE_SIZE;

  /** How many bytes are in use. */
  get used(): number {
    return this.next;
  }

  get all(): readonly Block[] {
    return [...this.blocks.values()];
  }

  block(rip: bigint): Block | undefined {
    return this.blocks.get(rip);
  }

  /** What an instruction in the cache stands for. @param offset of its first byte */
  mark(offset: number): Mark | undefined {
    return this.marks.get(offset);
  }

  /** The same for whoever decodes host memory. */
  originOf = (address: number): Origin | undefined => {
    const offset = address - this.frame;
    if (offset < 0 || offset >= CACHE_SIZE) return undefined;
    const mark = this.marks.get(offset);
    if (!mark) return NO_ORIGIN;
    return { counts: mark.counts, offset: mark.begins ? Number(mark.rip & 0xfffn) : undefined };
  };

  /** Bytes of the cache. */
  bytes(start: number, finish: number): Uint8Array {
    return this.memory.readBytes(this.frame + start, finish - start);
  }

  /** Adds a block. Branches from and to it are tied at once. @param write what it consists of */
  add(made: Pick<Block, 'rip' | 'bits' | 'end' | 'pages'>, write: (code: Emitter) => void): Block {
    const code = this.place(made.bits, (emitter) => {
      write(emitter);
      emitter.finish();
    });
    const { start, branches, here: finish } = code;
    const block: Block = { ...made, start, finish, branches, arrival: undefined };
    this.blocks.set(block.rip, block);
    this.count('translated');
    for (const branch of branches) {
      this.stubs.set(branch.stub, branch);
      const target = this.block(branch.target);
      if (target) this.tie(branch, target);
    }
    return block;
  }

  /** Writes code that lies in one page, behind what is there. */
  private place(bits: Bits, write: (code: Emitter) => void): Emitter {
    let code = new Emitter(bits, this.next);
    write(code);
    if (pageOf(code.start) !== pageOf(code.here - 1)) {
      code = new Emitter(bits, (pageOf(this.next) + 1) * PAGE_SIZE);
      write(code);
    }
    this.memory.writeBytes(this.frame + code.start, Uint8Array.from(code.bytes));
    for (const mark of code.marks) this.marks.set(mark.at, mark);
    this.next = code.here;
    return code;
  }

  /** The stub at an offset has been reached: its branch leads to a block from now on. */
  chain(stub: number, target: Block): void {
    const branch = this.stubs.get(stub);
    if (branch) this.tie(branch, target);
  }

  private tie(branch: Branch, target: Block): void {
    this.point(branch, target.start);
    const links = this.links.get(target.rip) ?? new Set();
    this.links.set(target.rip, links.add(branch));
    this.count('chained');
  }

  private point({ at }: Branch, target: number): void {
    this.memory.writeBytes(this.frame + at, Uint8Array.from(dword(distanceTo(at, target))));
  }

  /** An indirect branch has not found a block: those that come find it. */
  enterInTable(block: Block): void {
    this.count('missed');
    block.arrival ??= this.place(block.bits, (code) => {
      writeArrival(code, block);
    }).start;
    this.data.setLookup(lowOf(block), addressOf(block, block.arrival));
  }

  /** The code that a block was made from is another, or may be. */
  remove(block: Block): void {
    const { rip, arrival } = block;
    if (this.blocks.get(rip) !== block) return;
    this.blocks.delete(rip);
    for (const branch of this.links.get(rip) ?? []) this.point(branch, branch.stub);
    this.links.delete(rip);
    if (arrival !== undefined && this.data.lookup(lowOf(block)) === addressOf(block, arrival)) {
      this.data.setLookup(lowOf(block), this.miss);
    }
    this.count('invalidated');
  }

  private count(what: keyof CacheCounts): void {
    this.counts = { ...this.counts, [what]: this.counts[what] + 1 };
  }

  save(): TranslationCacheState {
    const { bits, miss, next, counts } = this;
    const branches = [...this.stubs.values()];
    return {
      bits,
      miss,
      next,
      counts,
      blocks: this.all.map((block) => ({ ...block })),
      marks: [...this.marks.values()],
      branches,
      links: [...this.links].map(([rip, links]) => [rip, [...links].map(({ at }) => at)]),
    };
  }

  /** The code lies in host memory, which has been restored before. */
  restore({
    bits,
    miss,
    next,
    counts,
    blocks,
    marks,
    branches,
    links,
  }: TranslationCacheState): void {
    for (const each of [this.blocks, this.marks, this.links, this.stubs]) each.clear();
    Object.assign(this, { bits, miss, next, counts });
    for (const block of blocks) this.blocks.set(block.rip, { ...block });
    for (const mark of marks) this.marks.set(mark.at, mark);
    const byPlace = new Map(branches.map((branch) => [branch.at, branch]));
    for (const branch of branches) this.stubs.set(branch.stub, branch);
    for (const [rip, places] of links) {
      this.links.set(rip, new Set(places.flatMap((at) => byPlace.get(at) ?? [])));
    }
  }
}

const NO_ORIGIN: Origin = { counts: true, offset: undefined };
const pageOf = (offset: number): number => Math.floor(offset / PAGE_SIZE);
const lowOf = ({ rip }: Block): number => Number(rip & 0xffn);
const addressOf = ({ bits }: Block, offset: number): bigint => cacheBase(bits) + BigInt(offset);
