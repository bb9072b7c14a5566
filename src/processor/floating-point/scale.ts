import { type Environment, Flag } from './environment';
import type { Format } from './format';
import { invalid, propagated, quieted } from './nan';
import { fromInteger } from './integers';
import { round } from './round';
import { infinity, isNan, noteDenormals, operand, type Unpacked, zero } from './unpack';
import { bitLength } from './whole-numbers';

/** FSCALE and FXTRACT (SDM 2A). */

/** A change of the exponent beyond this leads out of every format. */
const FAR = 0x10000;

/** a × 2^b, with b rounded towards zero. */
export function scale(format: Format, a: bigint, b: bigint, env: Environment): bigint {
  const x = operand(format, a, env);
  const y = operand(format, b, env);
  if (isNan(x) || isNan(y)) return propagated(format, x, y, env);
  if (y.kind === 'infinity') return scaleByInfinity(format, x, y.negative, env);
  noteDenormals(env, x, y);
  if (x.kind !== 'finite' || y.kind === 'zero') {
    return x.kind === 'finite' ? round(format, x.negative, x.significand, x.exponent, env) : x.bits;
  }
  return round(format, x.negative, x.significand, x.exponent + truncated(y), env);
}

function scaleByInfinity(format: Format, x: Unpacked, down: boolean, env: Environment): bigint {
  if (x.kind === (down ? 'infinity' : 'zero')) return invalid(format, env);
  noteDenormals(env, x);
  return down ? zero(format, x.negative) : infinity(format, x.negative);
}

/** The whole part of a number, as far as it matters to an exponent. */
function truncated({ negative, significand, exponent }: Unpacked): number {
  const tooLarge = exponent + bitLength(significand) > 17;
  const whole = tooLarge
    ? FAR
    : Number(exponent >= 0 ? significand << BigInt(exponent) : significand >> BigInt(-exponent));
  const amount = Math.min(whole, FAR);
  return negative ? -amount : amount;
}

/** The exponent and the significand (1 ≤ |significand| < 2) of a number, both as numbers. */
export function extract(
  format: Format,
  a: bigint,
  env: Environment,
): { exponent: bigint; significand: bigint } {
  const x = operand(format, a, env);
  if (isNan(x)) {
    const nan = quieted(format, x, env);
    return { exponent: nan, significand: nan };
  }
  if (x.kind === 'infinity') return { exponent: format.infinity, significand: x.bits };
  if (x.kind === 'zero') {
    env.raise(Flag.ZERO_DIVIDE);
    return { exponent: infinity(format, true), significand: x.bits };
  }
  noteDenormals(env, x);
  const length = bitLength(x.significand);
  return {
    exponent: fromInteger(format, BigInt(x.exponent + length - 1), env),
    significand: round(format, x.negative, x.significand, 1 - length, env),
  };
}
