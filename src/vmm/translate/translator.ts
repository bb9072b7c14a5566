import { Code, Decoder, DecoderError, DecoderOptions } from 'iced-x86';
import { LONGEST_INSTRUCTION } from '../../isa/instructions/length';
import type { Persistent } from '../../processor/persistent';
import { PAGE_SIZE } from '../../processor/state/layout';
import { BlockWriter, type GuestInstruction } from './block-writer';
import { CodePages, type CodePage } from './code-pages';
import type { Emitter } from './emitter';
import { endsBlock, kindOf } from './kinds';
import type { TranslationCache, Block, TranslationCacheState } from './translation-cache';
import type { Bits } from './window';

/** What the translator asks of the guest. */
export interface GuestCode {
  /** A page of code as the guest would fetch from it, accessed flags included; undefined where it cannot. */
  fetch(address: bigint): CodePage | undefined;
  /** The same for whoever looks. */
  look(address: bigint): CodePage | undefined;
  /** Bytes of host memory. */
  read(address: number, length: number): Uint8Array;
}

export interface TranslatorState {
  readonly cache: TranslationCacheState;
  readonly pages: readonly CodePage[];
  readonly trapped: readonly (readonly [rip: bigint, times: number])[];
  readonly space: string;
}

/** Instructions in a block. */
const LONGEST_BLOCK = 32;
/** An instruction that has come to the monitor by a fault so often is called out from then on. */
const OFTEN = 2;

/** Keeps a translation of the guest's kernel code that is true. */
export class Translator implements Persistent<TranslatorState> {
  private readonly pages = new CodePages();
  /** The blocks of a page. */
  private readonly blocks = new Map<bigint, Set<Block>>();
  private readonly trapped = new Map<bigint, number>();
  /** What the pages were found by. */
  private space = '';

  constructor(
    readonly cache: TranslationCache,
    private readonly guest: GuestCode,
  ) {}

  /** The frames of the guest's to which writes have to be seen. */
  get watched(): ReadonlySet<number> {
    return this.pages.watched;
  }

  /** The guest's code comes to be of that bitness, in that address space. */
  follow(bits: Bits, space: string): void {
    if (this.cache.bits !== bits || !this.cache.hasRoom) this.forgetAll(bits);
    if (this.space === space) return;
    this.space = space;
    for (const page of [...this.pages.all]) {
      const now = this.guest.look(page.address);
      if (now?.frame === page.frame) this.pages.set(now);
      else this.forgetPage(page.address);
    }
  }

  private forgetAll(bits: Bits): void {
    this.cache.begin(bits);
    this.pages.clear();
    this.blocks.clear();
    this.trapped.clear();
  }

  /** What stands for the code at a RIP, if it has been translated. */
  block(rip: bigint): Block | undefined {
    return this.cache.block(rip);
  }

  /** A block with the instruction at a RIP. @param at an offset in the cache that lies in it, if that is known */
  blockAt(rip: bigint, at: number | undefined): Block | undefined {
    const holds = ({ start, finish }: Block): boolean =>
      at !== undefined && start <= at && at < finish;
    const blocks = this.blocksOf(pageOf(rip)).filter((each) => each.rip <= rip && rip < each.end);
    return blocks.find(holds) ?? this.block(rip) ?? blocks[0];
  }

  /** Translates the code at a RIP. @returns undefined where the guest could not fetch it */
  translate(rip: bigint, bits: Bits): Block | undefined {
    const instructions = this.decode(rip, bits);
    const last = instructions.at(-1);
    if (!last) return undefined;
    const end = last.rip + BigInt(last.bytes.length);
    const pages = [...new Set([pageOf(rip), pageOf(end - 1n)])];
    const block = this.cache.add({ rip, bits, end, pages }, (code) => {
      this.write(code, instructions, end);
    });
    for (const { decoded } of instructions) decoded.free();
    this.enlist(block);
    return block;
  }

  private write(code: Emitter, instructions: readonly GuestInstruction[], end: bigint): void {
    const writer = new BlockWriter(code);
    for (const each of instructions) {
      if (writer.write(each, this.isCalledOut(each.rip))) return;
    }
    code.connect(end);
  }

  private isCalledOut(rip: bigint): boolean {
    return (this.trapped.get(rip) ?? 0) >= OFTEN;
  }

  /** The instructions up to a branch, or to the end of their page. */
  private decode(start: bigint, bits: Bits): GuestInstruction[] {
    const found: GuestInstruction[] = [];
    for (let rip = start; found.length < LONGEST_BLOCK && pageOf(rip) === pageOf(start);) {
      const next = this.decodeOne(rip, bits);
      if (!next) break;
      found.push(next);
      if (this.isCalledOut(rip) || endsBlock(kindOf(next.decoded))) break;
      rip += BigInt(next.bytes.length);
    }
    return found;
  }

  private decodeOne(rip: bigint, bits: Bits): GuestInstruction | undefined {
    const inPage = Math.min(LONGEST_INSTRUCTION, PAGE_SIZE - Number(rip & 0xfffn));
    const bytes = this.fetch(rip, inPage);
    if (!bytes) return undefined;
    const here = decodeBytes(rip, bits, bytes);
    if (here) return here;
    const rest = this.fetch(pageOf(rip) + BigInt(PAGE_SIZE), LONGEST_INSTRUCTION - inPage);
    return rest && decodeBytes(rip, bits, Uint8Array.of(...bytes, ...rest));
  }

  /** Bytes of one page. */
  private fetch(rip: bigint, length: number): Uint8Array | undefined {
    const address = pageOf(rip);
    const known = this.pages.get(address);
    const page = known ?? this.guest.fetch(address);
    if (!page) return undefined;
    if (!known) this.pages.set(page);
    return this.guest.read(page.frame + Number(rip - address), length);
  }

  /** An instruction of the guest's has come to the monitor by a fault, and could not be let through. */
  noteTrap(rip: bigint): void {
    const times = (this.trapped.get(rip) ?? 0) + 1;
    this.trapped.set(rip, times);
    if (times !== OFTEN) return;
    for (const block of this.blocksOf(pageOf(rip))) {
      if (block.rip <= rip && rip < block.end) this.remove(block);
    }
  }

  /** How many instructions are called out because they have faulted often. */
  get adapted(): number {
    return [...this.trapped.values()].filter((times) => times >= OFTEN).length;
  }

  /** Host memory has been written: what was translated from it is so no more. */
  written(address: number, length: number): void {
    for (let at = address; at < address + length;) {
      const offset = at % PAGE_SIZE;
      const size = Math.min(address + length - at, PAGE_SIZE - offset);
      for (const page of this.pages.inFrame(at - offset)) this.codeWritten(page, offset, size);
      for (const page of this.pages.ledTo(at, size)) this.forgetPage(page.address);
      at += size;
    }
  }

  private codeWritten({ address }: CodePage, offset: number, length: number): void {
    const first = address + BigInt(offset);
    for (const block of this.blocksOf(address)) {
      if (block.rip < first + BigInt(length) && first < block.end) this.remove(block);
    }
  }

  private forgetPage(address: bigint): void {
    for (const block of this.blocksOf(address)) this.remove(block);
    this.pages.delete(address);
  }

  private blocksOf(page: bigint): Block[] {
    return [...(this.blocks.get(page) ?? [])];
  }

  private remove(block: Block): void {
    this.cache.remove(block);
    for (const page of block.pages) this.blocks.get(page)?.delete(block);
  }

  save(): TranslatorState {
    const { cache, pages, trapped, space } = this;
    return { cache: cache.save(), pages: pages.save(), trapped: [...trapped], space };
  }

  restore({ cache, pages, trapped, space }: TranslatorState): void {
    this.cache.restore(cache);
    this.pages.restore(pages);
    this.trapped.clear();
    for (const [rip, times] of trapped) this.trapped.set(rip, times);
    this.space = space;
    this.blocks.clear();
    for (const block of this.cache.all) this.enlist(block);
  }

  private enlist(block: Block): void {
    for (const page of block.pages) {
      this.blocks.set(page, (this.blocks.get(page) ?? new Set()).add(block));
    }
  }
}

const pageOf = (rip: bigint): bigint => rip & -BigInt(PAGE_SIZE);

/** @returns undefined where the bytes end before the instruction does */
function decodeBytes(rip: bigint, bits: Bits, bytes: Uint8Array): GuestInstruction | undefined {
  const decoder = new Decoder(bits, bytes, DecoderOptions.None);
  decoder.ip = rip;
  const decoded = decoder.decode();
  const offsets = decoder.getConstantOffsets(decoded);
  const displacementAt = offsets.displacementOffset;
  const runsOut = decoded.code === Code.INVALID && decoder.lastError === DecoderError.NoMoreBytes;
  offsets.free();
  decoder.free();
  if (runsOut && bytes.length < LONGEST_INSTRUCTION) {
    decoded.free();
    return undefined;
  }
  return { rip, bytes: bytes.slice(0, Math.max(1, decoded.length)), decoded, displacementAt };
}
