import { type Environment, Rounding } from './environment';
import type { Format } from './format';
import { invalid, propagated } from './nan';
import { precisionOf } from './precision';
import { quickSum } from './quick';
import { round } from './round';
import { infinity, isNan, noteDenormals, operand, type Unpacked, zero } from './unpack';
import { bitLength } from './whole-numbers';

/** Sums and differences. */

export function add(format: Format, a: bigint, b: bigint, env: Environment): bigint {
  return (
    quickSum(format, a, b, env) ??
    sum(format, operand(format, a, env), operand(format, b, env), false, env)
  );
}

/** a - b. */
export function subtract(format: Format, a: bigint, b: bigint, env: Environment): bigint {
  return (
    quickSum(format, a, b ^ format.sign, env) ??
    sum(format, operand(format, a, env), operand(format, b, env), true, env)
  );
}

/** a + b, or a - b, of values taken apart. */
export function sum(
  format: Format,
  a: Unpacked,
  b: Unpacked,
  minus: boolean,
  env: Environment,
): bigint {
  if (isNan(a) || isNan(b)) return propagated(format, a, b, env);
  const signB = b.negative !== minus;
  if (a.kind === 'infinity') {
    if (b.kind === 'infinity' && a.negative !== signB) return invalid(format, env);
    noteDenormals(env, b);
    return a.bits;
  }
  noteDenormals(env, a, b);
  if (b.kind === 'infinity') return infinity(format, signB);
  if (a.kind === 'zero' && b.kind === 'zero') {
    return zero(format, signOfZero(a.negative, signB, env));
  }
  const { significand, exponent } = b;
  return roundSum(format, a, { negative: signB, significand, exponent }, env);
}

/** The sign of a sum that is zero: of zeros, or of numbers that cancel each other (SDM 1 4.8.3.1). */
export function signOfZero(a: boolean, b: boolean, env: Environment): boolean {
  return a === b ? a : env.rounding === Rounding.DOWN;
}

/** A number: (-1)^negative × significand × 2^exponent, which may be zero. */
export interface Exact {
  readonly negative: boolean;
  readonly significand: bigint;
  readonly exponent: number;
}

/** Rounds the sum of two numbers of which one at least is not zero. */
export function roundSum(format: Format, a: Exact, b: Exact, env: Environment): bigint {
  const [high, low] =
    a.significand === 0n || (b.significand !== 0n && isBelow(a, b)) ? [b, a] : [a, b];
  const near = withinReach(format, high, low);
  const exponent = Math.min(high.exponent, near.exponent);
  const signed = ({ negative, significand, exponent: own }: Exact): bigint => {
    const aligned = significand << BigInt(own - exponent);
    return negative ? -aligned : aligned;
  };
  const total = signed(high) + signed(near);
  if (total === 0n) return zero(format, signOfZero(a.negative, b.negative, env));
  const negative = total < 0n;
  return round(
    format,
    negative,
    negative ? -total : total,
    exponent,
    env,
    precisionOf(format, env),
  );
}

const leading = ({ significand, exponent }: Exact): number => exponent + bitLength(significand);
const isBelow = (a: Exact, b: Exact): boolean => leading(a) < leading(b);

/**
 * A number so far below the other that it only decides in which direction the sum is not exact may as
 * well lie nearer, so that aligning it takes no thousands of bits.
 */
function withinReach(format: Format, high: Exact, low: Exact): Exact {
  if (low.significand === 0n) return { ...low, exponent: high.exponent };
  const reach = Math.min(high.exponent, leading(high) - format.precision) - 4;
  return leading(low) >= reach ? low : { ...low, significand: 1n, exponent: reach };
}
