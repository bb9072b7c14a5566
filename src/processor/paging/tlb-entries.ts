import { CodeTlb, PAGE_SIZE, PHYSICAL_BASE, Tlb } from '../state/layout';
import { TlbFlags, type TlbState, type World } from './tlb';

/** An entry of the software TLB, for whoever looks. */
export interface TlbEntry {
  readonly world: World;
  /** It serves accesses in user mode; the supervisor has entries of its own. */
  readonly user: boolean;
  /** Linear address of the page: 4 KBytes, or as much of a larger one. */
  readonly linear: bigint;
  /** Host-physical address of the frame. */
  readonly frame: number;
  readonly readable: boolean;
  readonly writable: boolean;
  /** It serves instruction fetches, which have a TLB of their own, and nothing else. */
  readonly executable: boolean;
  readonly global: boolean;
  /** log2 of the size of the page; entries for fetches do not tell it. */
  readonly pageShift: number | undefined;
  /** The protection key that decides. */
  readonly key: number | undefined;
}

const HALF = 32n;
const EMPTY = 0xffff_ffff;
const PAGE = BigInt(-PAGE_SIZE);

/** What the TLB holds, in the order of its places. */
export function tlbEntries({ data, code }: TlbState): TlbEntry[] {
  const entries: TlbEntry[] = [];
  for (let n = 0; n < data.length; n += 7) entries.push(dataEntry(data.subarray(n, n + 7)));
  for (let n = 0; n < code.length; n += 4) {
    const words = code.subarray(n, n + 4);
    if (words[1] !== EMPTY) entries.push(codeEntry(words));
  }
  return entries;
}

function dataEntry(words: Uint32Array): TlbEntry {
  const [at = 0, readLow = 0, readHigh = 0, writeLow = 0, writeHigh = 0, addend = 0, flags = 0] =
    words;
  const readable = readLow !== EMPTY;
  const low = readable ? readLow : writeLow;
  const high = readable ? readHigh : writeHigh;
  const key = (flags >>> TlbFlags.KEY_SHIFT) - 1;
  return {
    ...setOf(Math.floor((at - Tlb.BASE) / Tlb.SET_SIZE)),
    linear: linearOf(low, high),
    frame: ((low & -PAGE_SIZE) + addend - PHYSICAL_BASE) >>> 0,
    readable,
    writable: writeLow !== EMPTY,
    executable: false,
    global: (flags & TlbFlags.GLOBAL) !== 0,
    pageShift: (flags >>> TlbFlags.SIZE_SHIFT) & 0xff,
    key: key < 0 ? undefined : key,
  };
}

function codeEntry(words: Uint32Array): TlbEntry {
  const [at = 0, low = 0, high = 0, frame = 0] = words;
  return {
    ...setOf(Math.floor((at - CodeTlb.BASE) / CodeTlb.SET_SIZE)),
    linear: linearOf(low, high),
    frame: frame * PAGE_SIZE,
    readable: false,
    writable: false,
    executable: true,
    global: false,
    pageShift: undefined,
    key: undefined,
  };
}

const setOf = (set: number): Pick<TlbEntry, 'world' | 'user'> => ({
  world: set < 2 ? 0 : 1,
  user: set % 2 === 1,
});

const linearOf = (low: number, high: number): bigint =>
  BigInt.asUintN(64, ((BigInt(high) << HALF) | BigInt(low)) & PAGE);
