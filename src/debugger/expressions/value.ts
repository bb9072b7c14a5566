import type { LaneType } from '../../isa/registers/lanes';
import type { UnitRegister } from '../../isa/registers/units';
import type { Format } from '../../processor/floating-point';
import type { AddressSpace } from '../memory';
import type { CompiledValue } from '../variables/compiled-value';

export type Width = 8 | 16 | 32 | 64 | 80 | 128 | 256;

/** Memory that a value was read from. */
export interface MemoryPlace {
  readonly space: AddressSpace | 'host';
  readonly address: bigint;
  readonly bytes: number;
}

/** That a value is a floating-point number. */
export interface Real {
  /** What its bits are an encoding of. */
  readonly format: Format;
  /** Of plain numbers, which take the format of what they meet: the encoding there. */
  readonly in?: ((format: Format) => bigint) | undefined;
}

/** What an expression gives. */
export interface Value {
  /**
   * Unsigned, within the width; a plain number (no width) may be negative. Of a floating-point number the
   * encoding: whoever wants a number asks `wholeNumber`.
   */
  readonly value: bigint;
  /** undefined for plain numbers, which take the width of what they meet. */
  readonly width: Width | undefined;
  /** What it is, for people: 'register', 'flag', 'symbol', 'dword', … */
  readonly type: string;
  readonly real?: Real | undefined;
  /** Of a signed number, which has no width: how many bits it has where it was read from. */
  readonly signed?: number | undefined;
  /** The bits are so many numbers side by side. */
  readonly lanes?: LaneType | undefined;
  /** There are bits, but no number: why, for people. */
  readonly missing?: (() => string) | undefined;
  /** The register that it is the whole of, where it has lanes or bits to unfold. */
  readonly unit?: UnitRegister | undefined;
  /** Memory it was read from, or, for addresses, points to. */
  readonly memory?: MemoryPlace | undefined;
  /** Writes it, where it can be written: a number, or the encoding of a floating-point one. */
  readonly assign?: ((value: bigint) => void) | undefined;
  /** What the number says, in words: names of bits that are set, of a reason, of an exception. */
  readonly meaning?: (() => string | undefined) | undefined;
  /** As C writes it, where it is a variable of a compiled program. */
  readonly text?: string | undefined;
  /** That variable, with parts to unfold. */
  readonly compiled?: CompiledValue | undefined;
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
