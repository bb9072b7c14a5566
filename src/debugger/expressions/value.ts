import type { AddressSpace } from '../memory';

export type Width = 8 | 16 | 32 | 64;

/** Memory that a value was read from. */
export interface MemoryPlace {
  readonly space: AddressSpace | 'host';
  readonly address: bigint;
  readonly bytes: number;
}

/** What an expression gives. */
export interface Value {
  /** Unsigned, within the width; a plain number (no width) may be negative. */
  readonly value: bigint;
  /** undefined for plain numbers, which take the width of what they meet. */
  readonly width: Width | undefined;
  /** What it is, for people: 'register', 'flag', 'symbol', 'dword', … */
  readonly type: string;
  /** Memory it was read from, or, for addresses, points to. */
  readonly memory?: MemoryPlace | undefined;
  /** Writes it, where it can be written. */
  readonly assign?: ((value: bigint) => void) | undefined;
  /** What the number says, in words: names of bits that are set, of a reason, of an exception. */
  readonly meaning?: (() => string | undefined) | undefined;
  /** Something the reader should know: another meaning of the same name. */
  readonly note?: string | undefined;
}

export const plain = (value: bigint): Value => ({ value, width: undefined, type: 'number' });

export const truth = (value: boolean): Value => ({
  value: value ? 1n : 0n,
  width: undefined,
  type: 'truth value',
});

/** Brings a number into a width, as unsigned. */
export function fit(value: bigint, width: Width | undefined): bigint {
  return width === undefined ? value : BigInt.asUintN(width, value);
}
