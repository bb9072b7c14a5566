import { type Environment, Flag, type RoundingMode } from './environment';
import type { Format } from './format';
import { quieted } from './nan';
import { round, roundOff } from './round';
import { isNan, noteDenormals, operand, zero } from './unpack';

/** Floating-point numbers and whole numbers. */

/** A signed whole number as a floating-point number. */
export function fromInteger(format: Format, value: bigint, env: Environment): bigint {
  if (value === 0n) return 0n;
  return round(format, value < 0n, value < 0n ? -value : value, 0, env);
}

/**
 * A floating-point number as a whole number of `width` bits, without sign extension. What does not
 * fit is invalid and gives the integer indefinite: 1 and zeros, or all ones without sign (SDM 1 4.2.1).
 *
 * @param mode of rounding; truncating conversions give `Rounding.ZERO`
 */
export function toInteger(
  format: Format,
  a: bigint,
  width: number,
  signed: boolean,
  env: Environment,
  mode: RoundingMode = env.rounding,
): bigint {
  const value = operand(format, a, env);
  const bits = BigInt(width);
  const indefinite = signed ? 1n << (bits - 1n) : (1n << bits) - 1n;
  if (value.kind === 'zero') return 0n;
  // Numbers of 2^70 and more fit nowhere, and need not be written out.
  if (value.kind !== 'finite' || value.exponent > 70) {
    env.raise(Flag.INVALID);
    return indefinite;
  }
  const { units, inexact, up } = roundOff(mode, value.negative, value.significand, -value.exponent);
  const whole = value.negative ? -units : units;
  const fits = signed
    ? whole >= -indefinite && whole < indefinite
    : whole >= 0n && whole <= indefinite;
  if (!fits) {
    env.raise(Flag.INVALID);
    return indefinite;
  }
  if (inexact) env.raise(Flag.PRECISION);
  env.roundedUp = up;
  return BigInt.asUintN(width, whole);
}

/** What roundToIntegral may be told. */
export interface IntegralOptions {
  readonly mode?: RoundingMode;
  /** Whether an inexact result raises the precision exception; it does unless told otherwise. */
  readonly inexact?: boolean;
  /** Whether a denormal operand is an exception: for FRNDINT it is, for ROUNDSS it is none. */
  readonly denormal?: boolean;
}

/** The whole number nearest in the direction of rounding, as a floating-point number. */
export function roundToIntegral(
  format: Format,
  a: bigint,
  env: Environment,
  { mode = env.rounding, inexact = true, denormal = false }: IntegralOptions = {},
): bigint {
  const value = operand(format, a, env);
  if (isNan(value)) return quieted(format, value, env);
  if (value.kind !== 'finite') return value.bits;
  if (denormal) noteDenormals(env, value);
  if (value.exponent >= 0) return value.bits;
  const { negative } = value;
  const rounded = roundOff(mode, negative, value.significand, -value.exponent);
  if (rounded.inexact && inexact) env.raise(Flag.PRECISION);
  const { up } = rounded;
  const result =
    rounded.units === 0n ? zero(format, negative) : round(format, negative, rounded.units, 0, env);
  env.roundedUp = up;
  return result;
}
