import { type Environment, Flag } from './environment';
import type { Format } from './format';
import { invalid, propagated, quieted } from './nan';
import { precisionOf } from './precision';
import { quickProduct, quickQuotient, quickRoot } from './quick';
import { round } from './round';
import { infinity, isNan, noteDenormals, operand, type Unpacked, zero } from './unpack';
import { bitLength, squareRoot } from './whole-numbers';

/** Products, quotients and square roots. */

export function multiply(format: Format, a: bigint, b: bigint, env: Environment): bigint {
  return (
    quickProduct(format, a, b, env) ??
    product(format, operand(format, a, env), operand(format, b, env), env)
  );
}

/** a × b of values taken apart. */
export function product(format: Format, x: Unpacked, y: Unpacked, env: Environment): bigint {
  if (isNan(x) || isNan(y)) return propagated(format, x, y, env);
  const negative = x.negative !== y.negative;
  if (x.kind === 'infinity' || y.kind === 'infinity') {
    if (x.kind === 'zero' || y.kind === 'zero') return invalid(format, env);
    noteDenormals(env, x, y);
    return infinity(format, negative);
  }
  noteDenormals(env, x, y);
  if (x.kind === 'zero' || y.kind === 'zero') return zero(format, negative);
  const significand = x.significand * y.significand;
  const exponent = x.exponent + y.exponent;
  return round(format, negative, significand, exponent, env, precisionOf(format, env));
}

/** a ÷ b. */
export function divide(format: Format, a: bigint, b: bigint, env: Environment): bigint {
  return (
    quickQuotient(format, a, b, env) ??
    quotient(format, operand(format, a, env), operand(format, b, env), env)
  );
}

/** a ÷ b of values taken apart. */
export function quotient(format: Format, x: Unpacked, y: Unpacked, env: Environment): bigint {
  if (isNan(x) || isNan(y)) return propagated(format, x, y, env);
  const negative = x.negative !== y.negative;
  if (x.kind === 'infinity') {
    if (y.kind === 'infinity') return invalid(format, env);
    noteDenormals(env, y);
    return infinity(format, negative);
  }
  if (y.kind === 'zero') {
    if (x.kind === 'zero') return invalid(format, env);
    env.raise(Flag.ZERO_DIVIDE);
    return infinity(format, negative);
  }
  noteDenormals(env, x, y);
  if (x.kind === 'zero' || y.kind === 'infinity') return zero(format, negative);
  const places = format.precision + 3 + bitLength(y.significand) - bitLength(x.significand);
  const shift = Math.max(places, 0);
  const dividend = x.significand << BigInt(shift);
  const whole = dividend / y.significand;
  const sticky = whole * y.significand === dividend ? 0n : 1n;
  const exponent = x.exponent - y.exponent - shift - 1;
  return round(format, negative, (whole << 1n) | sticky, exponent, env, precisionOf(format, env));
}

export function root(format: Format, a: bigint, env: Environment): bigint {
  const quick = quickRoot(format, a, env);
  if (quick !== undefined) return quick;
  const x = operand(format, a, env);
  if (isNan(x)) return quieted(format, x, env);
  if (x.kind === 'zero') return x.bits;
  if (x.negative) return invalid(format, env);
  if (x.kind === 'infinity') return x.bits;
  noteDenormals(env, x);
  let shift = Math.max(2 * format.precision + 6 - bitLength(x.significand), 0);
  if ((x.exponent - shift) % 2 !== 0) shift++;
  const square = x.significand << BigInt(shift);
  const found = squareRoot(square);
  const sticky = found * found === square ? 0n : 1n;
  const exponent = (x.exponent - shift) / 2 - 1;
  return round(format, false, (found << 1n) | sticky, exponent, env, precisionOf(format, env));
}
