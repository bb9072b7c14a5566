import { squareRoot } from '../../floating-point/whole-numbers';

/**
 * Elementary functions of fixed-point numbers: `x` and the result are value × 2^places. The last few
 * bits are not exact, so callers ask for more places than they need.
 */

/** sin x, for |x| ≤ 1. */
export function sine(x: bigint, places: number): bigint {
  return alternating(x, x, 1n, places);
}

/** cos x, for |x| ≤ 1. */
export function cosine(x: bigint, places: number): bigint {
  return alternating(x, 1n << BigInt(places), 0n, places);
}

/** first - first·x²/((n+1)(n+2)) + …: the series of sine and cosine. */
function alternating(x: bigint, first: bigint, start: bigint, places: number): bigint {
  const shift = BigInt(places);
  const square = (x * x) >> shift;
  let term = first;
  let sum = first;
  for (let n = start; term !== 0n; n += 2n) {
    term = -((term * square) >> shift) / ((n + 1n) * (n + 2n));
    sum += term;
  }
  return sum;
}

/** e^x - 1, for |x| < 1. */
export function exponentialLessOne(x: bigint, places: number): bigint {
  const shift = BigInt(places);
  let term = x;
  let sum = x;
  for (let n = 2n; term !== 0n; n++) {
    term = (term * x) / n / (1n << shift);
    sum += term;
  }
  return sum;
}

/** artanh x = x + x³/3 + x⁵/5 + …, for |x| < ½; also arctan x, whose signs alternate. */
function powers(x: bigint, places: number, sign: 1n | -1n): bigint {
  const scale = 1n << BigInt(places);
  const square = (sign * (x * x)) / scale;
  let power = x;
  let sum = x;
  for (let n = 3n; power !== 0n; n += 2n) {
    power = (power * square) / scale;
    sum += power / n;
  }
  return sum;
}

export function artanh(x: bigint, places: number): bigint {
  return powers(x, places, 1n);
}

/** arctan x, for |x| ≤ 1: halving the angle twice makes the series short. */
export function arctan(x: bigint, places: number): bigint {
  const one = 1n << BigInt(places);
  let reduced = x;
  for (let n = 0; n < 2; n++) {
    const secant = squareRoot(one * one + reduced * reduced);
    reduced = (reduced * one) / (one + secant);
  }
  return 4n * powers(reduced, places, -1n);
}
