import { Disassembler, type LineEntry, type Location } from '../../program';
import { LONGEST_INSTRUCTION } from '../../isa/instructions/length';
import type { AddressSpace } from '../memory';
import { decodedBits, modeMismatch, type ModeMismatch } from './mode-mismatch';
import { nearestSymbol, placeAt, placeLoadedAt } from './program-place';
import { modeOf } from '../registers/registers';
import type { Target } from '../target';

/** One row of a disassembly. */
export interface Row {
  readonly address: bigint;
  /** Absent where no memory can be read. */
  readonly bytes?: Uint8Array | undefined;
  readonly text: string;
  /** An instruction. */
  readonly valid: boolean;
  /** The label that stands here. */
  readonly symbol?: string | undefined;
  readonly location?: Location | undefined;
}

type Space = AddressSpace | 'hva';

const TOP = 1n << 64n;

/** Rows farther away from their address are not decoded: there is no way to them but over all rows between. */
const FARTHEST = 10_000;

/**
 * Rows around an address: row number `-offset` is the one at the address. Where the program's lines tell
 * where instructions begin they are followed; elsewhere decoding starts so that it meets the address. What is
 * too far away is filled with rows of one byte that tell nothing.
 *
 * @param address where row 0 is; it may be negative or too large, for a view that scrolls past the ends
 * @param offset number of the first row, relative to the row at `address`
 */
export function disassembleAround(
  target: Target,
  space: Space,
  address: bigint,
  offset: number,
  count: number,
): Row[] {
  const around = new Around(target, space);
  const end = offset + count;
  const [first, last] = [near(offset), near(end)];
  try {
    const before = first < 0 ? around.before(address, -first) : [];
    const after = last > 0 ? around.from(address, last) : [];
    const rows = [...before, ...after.slice(Math.max(0, first))].slice(0, last - first);
    const low = before[0]?.address ?? address;
    const high = after.length > 0 ? endOf(after[after.length - 1]) : address;
    return [
      ...filling(low, offset + FARTHEST, Math.min(end, -FARTHEST) - offset),
      ...rows,
      ...filling(high, Math.max(offset, FARTHEST) - FARTHEST, end - Math.max(offset, FARTHEST)),
    ];
  } finally {
    around.free();
  }
}

const near = (row: number): number => Math.max(-FARTHEST, Math.min(FARTHEST, row));
const endOf = (row: Row | undefined): bigint =>
  row ? row.address + BigInt(Math.max(1, row.bytes?.length ?? 1)) : 0n;

/** Rows of one byte each, the first of them `from` bytes behind an address. */
function filling(address: bigint, from: number, count: number): Row[] {
  return Array.from({ length: Math.max(0, count) }, (_, n) =>
    unreadable(address + BigInt(from + n)),
  );
}

class Around {
  private readonly disassembler = new Disassembler();
  private readonly symbols: (address: bigint) => string | undefined;
  private readonly mismatch: ModeMismatch | undefined;

  constructor(
    private readonly target: Target,
    private readonly space: Space,
  ) {
    const world = space === 'hva' ? target.hostWorld : target.guestWorld;
    this.mismatch = world && modeMismatch(target, world);
    this.symbols = (address) => {
      const place = this.place(address);
      return place && nearestSymbol(place.program, place.address, 0n, place.entry.section);
    };
  }

  free(): void {
    this.disassembler.free();
  }

  /** Rows from an address on. */
  from(start: bigint, count: number): Row[] {
    const rows: Row[] = [];
    let at = start;
    while (rows.length < count) {
      const next = this.stretch(at, at, count - rows.length);
      rows.push(...next);
      const last = next[next.length - 1];
      at = last ? last.address + BigInt(Math.max(1, last.bytes?.length ?? 1)) : at + 1n;
    }
    return rows.slice(0, count);
  }

  /** Rows that end where `end` begins. */
  before(end: bigint, count: number): Row[] {
    let rows: Row[] = [];
    let at = end;
    while (rows.length < count) {
      const entry = this.place(at - 1n);
      const start = entry ? max(entry.start, at - 4096n) : this.guessStart(at, count - rows.length);
      const found = this.upTo(start, at);
      rows = [...found, ...rows];
      at = start;
    }
    return rows.slice(-count);
  }

  /** Every row of [start, end). */
  private upTo(start: bigint, end: bigint): Row[] {
    const rows: Row[] = [];
    let at = start;
    while (at < end) {
      const next = this.stretch(at, at, Number(end - at)).filter((row) => row.address < end);
      const last = next[next.length - 1];
      if (!last) break;
      rows.push(...next);
      at = last.address + BigInt(Math.max(1, last.bytes?.length ?? 1));
    }
    if (at <= end) return rows;
    // The last instruction runs over the end: its bytes are shown one by one.
    const over = rows.pop();
    if (!over) return rows;
    return [...rows, ...this.byteRows(over.address, Number(end - over.address))];
  }

  /** An address before `end` from which decoding arrives at `end`, outside of the program's own lines. */
  private guessStart(end: bigint, count: number): bigint {
    const { memory, space } = this.memory;
    if (end <= 0n || end > TOP || memory.read(space, end - 1n, 1).data.length === 0) {
      return end - BigInt(Math.min(count, 64));
    }
    const far = Math.min(count * 8, 1024);
    for (let back = far + LONGEST_INSTRUCTION; back > far; back--) {
      const start = end - BigInt(back);
      if (start < 0n || this.place(start)) continue;
      const rows = this.decode(start, back, this.bits(undefined));
      if (rows.every(({ valid }) => valid) && this.endOf(rows) === end) return start;
    }
    for (let back = LONGEST_INSTRUCTION; back > 0; back--) {
      const start = end - BigInt(back);
      if (start < 0n || this.place(start)) continue;
      const rows = this.decode(start, back, this.bits(undefined));
      if (rows.length === 1 && rows[0]?.valid && this.endOf(rows) === end) return start;
    }
    return end - 1n;
  }

  private endOf(rows: readonly Row[]): bigint | undefined {
    const last = rows[rows.length - 1];
    return last && last.address + BigInt(last.bytes?.length ?? 1);
  }

  /** Rows of one kind from an address on: at least one. */
  private stretch(at: bigint, _from: bigint, count: number): Row[] {
    const { memory, space } = this.memory;
    if (at < 0n || at >= TOP) return [unreadable(at)];
    const place = this.place(at);
    const bits = this.bits(place?.entry);
    // Where source and processor disagree, its instructions do not end where the source's do.
    const follows =
      place !== undefined && (place.entry.compiled !== undefined || bits === place.entry.bits);
    const end = follows ? place.start + BigInt(place.entry.length) : at + 64n;
    const { data } = memory.read(space, at, 1);
    if (data.length === 0) return [unreadable(at)];
    if (place && place.entry.kind !== 'code')
      return this.byteRows(at, Math.min(count, Number(end - at)));
    const rows = this.decode(at, Number(end - at), bits, count);
    // What follows may be cut off in the middle.
    return follows || rows.length < 2 ? rows : rows.slice(0, -1);
  }

  private decode(at: bigint, length: number, bits: 16 | 32 | 64, count?: number): Row[] {
    const { memory, space } = this.memory;
    const { data } = memory.read(space, at, length);
    const options = { symbols: this.symbols, ...(count !== undefined && { count }) };
    return this.disassembler.disassemble(data, bits, at, options).map((row) => ({
      ...row,
      ...this.sourceOf(row.address),
    }));
  }

  private byteRows(at: bigint, count: number): Row[] {
    const { memory, space } = this.memory;
    const { data } = memory.read(space, at, count);
    return Array.from(data, (byte, n): Row => {
      const address = at + BigInt(n);
      const text = `db 0x${byte.toString(16).padStart(2, '0')}`;
      return { address, bytes: data.slice(n, n + 1), text, valid: true, ...this.sourceOf(address) };
    });
  }

  private sourceOf(address: bigint): Pick<Row, 'symbol' | 'location'> {
    const place = this.place(address);
    if (!place) return {};
    const near = place.program.symbols.nearest(place.address, place.entry.section);
    return {
      symbol: near?.offset === 0n ? near.symbol.name : undefined,
      location: place.entry.chain[0],
    };
  }

  private bits(entry: LineEntry | undefined): 16 | 32 | 64 {
    if (entry && !entry.compiled) return decodedBits(entry, this.mismatch, this.target);
    const host = this.space === 'hva' ? this.target.host : undefined;
    return modeOf(host ?? this.target.guest).bits;
  }

  private get memory() {
    const { target, space } = this;
    return space === 'hva'
      ? { memory: target.hostMemory, space: 'gva' as const }
      : { memory: target.memory, space };
  }

  /** The program's line at an address, with the address at which it starts in this address space. */
  private place(at: bigint) {
    if (at < 0n || at >= TOP || this.space === 'hpa') return undefined;
    if (this.space === 'hva' && !this.target.hostWorld?.isProgram) return undefined;
    const { memory } = this.memory;
    const place =
      this.space === 'gpa' ? placeLoadedAt(this.target, at) : placeAt(this.target, at, memory);
    if (!place) return undefined;
    return { ...place, start: at - (place.address - place.entry.address) };
  }
}

const unreadable = (address: bigint): Row => ({ address, text: '??', valid: false });
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
