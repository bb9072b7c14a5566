import { bitLength } from '../../floating-point/whole-numbers';

/** A number that is not zero: significand × 2^exponent; the significand has a sign. */
export interface Real {
  readonly significand: bigint;
  readonly exponent: number;
}

/** Bits of a result that are right; registers hold 64, so that rounding almost never depends on more. */
export const WORKING_BITS = 192;

export const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

/** The exponent of the leading bit. */
export function leading({ significand, exponent }: Real): number {
  return exponent + bitLength(magnitude(significand)) - 1;
}

/** As a fixed-point number. */
export function fixed({ significand, exponent }: Real, places: number): bigint {
  const shift = exponent + places;
  return shift >= 0 ? significand << BigInt(shift) : significand >> BigInt(-shift);
}

/** A result of a series, which is never exact: a last bit stands for what lies below. */
export function inexact(significand: bigint, places: number): Real {
  return { significand: significand * 2n + (significand < 0n ? -1n : 1n), exponent: -places - 1 };
}

/** A number a little nearer to zero than `value`. */
export function justBelow({ significand, exponent }: Real): Real {
  const wide = significand << BigInt(WORKING_BITS);
  return { significand: wide + (wide < 0n ? 1n : -1n), exponent: exponent - WORKING_BITS };
}

/** Places with which numbers as small as `value` still have all their bits. */
export function placesFor(exponent: number): number {
  return WORKING_BITS + Math.max(0, -exponent);
}
