import { type Environment, Flag, Rounding, type RoundingMode } from './environment';
import type { Format } from './format';
import { infinity, zero } from './unpack';
import { bitLength } from './whole-numbers';

/** What an unmasked overflow or underflow of the x87 unit takes from the exponent, or adds (SDM 1 8.5.4, 8.5.5). */
const EXPONENT_WRAP = 24576;

/** A number of whole units in the last place. */
interface Rounded {
  readonly units: bigint;
  readonly inexact: boolean;
  /** The magnitude has become larger. */
  readonly up: boolean;
}

/** Takes `places` bits from the end of a positive number, and rounds by what they were. */
export function roundOff(
  mode: RoundingMode,
  negative: boolean,
  significand: bigint,
  places: number,
): Rounded {
  if (places <= 0) return { units: significand << BigInt(-places), inexact: false, up: false };
  const count = BigInt(places);
  const units = significand >> count;
  const rest = significand - (units << count);
  if (rest === 0n) return { units, inexact: false, up: false };
  const up = awayFromZero(mode, negative, (units & 1n) !== 0n, rest, 1n << (count - 1n));
  return { units: up ? units + 1n : units, inexact: true, up };
}

function awayFromZero(
  mode: RoundingMode,
  negative: boolean,
  odd: boolean,
  rest: bigint,
  half: bigint,
): boolean {
  switch (mode) {
    case Rounding.NEAREST:
      return rest > half || (rest === half && odd);
    case Rounding.DOWN:
      return negative;
    case Rounding.UP:
      return !negative;
    case Rounding.ZERO:
      return false;
  }
}

/**
 * The exact result (-1)^negative × significand × 2^exponent, not zero, as the format can hold it, with
 * the exceptions of results: overflow, underflow, precision (SDM 1 4.9.1.4 to 4.9.1.6). A last bit may
 * stand for all that lies below it, if it is below the precision by two bits at least.
 *
 * @param precision bits of the significand of the result
 */
export function round(
  format: Format,
  negative: boolean,
  significand: bigint,
  exponent: number,
  env: Environment,
  precision = format.precision,
): bigint {
  const leading = exponent + bitLength(significand) - 1;
  const last = leading - precision + 1;
  const rounded = roundOff(env.rounding, negative, significand, last - exponent);
  // Tininess is detected after rounding, as if there were no limit to the exponent (SDM 1 4.9.1.5).
  const carried = rounded.units >> BigInt(precision) !== 0n;
  const magnitude = carried ? leading + 1 : leading;
  if (magnitude < format.minimum) {
    return tiny(format, negative, significand, exponent, env, precision, rounded, last);
  }
  if (magnitude > format.maximum) return huge(format, negative, env, precision, rounded, last);
  note(env, rounded);
  return pack(format, negative, rounded.units, last);
}

function note(env: Environment, { inexact, up }: Rounded): void {
  if (inexact) env.raise(Flag.PRECISION);
  env.roundedUp = up;
}

function tiny(
  format: Format,
  negative: boolean,
  significand: bigint,
  exponent: number,
  env: Environment,
  precision: number,
  rounded: Rounded,
  last: number,
): bigint {
  if (!env.isMasked(Flag.UNDERFLOW)) {
    env.raise(Flag.UNDERFLOW);
    note(env, rounded);
    return outOfRange(format, negative, rounded.units, last + EXPONENT_WRAP, env);
  }
  if (env.flushToZero) {
    env.raise(Flag.UNDERFLOW | Flag.PRECISION);
    return zero(format, negative);
  }
  const lowest = format.minimum - precision + 1;
  const denormal = roundOff(env.rounding, negative, significand, lowest - exponent);
  if (denormal.inexact) env.raise(Flag.UNDERFLOW);
  note(env, denormal);
  return pack(format, negative, denormal.units, lowest);
}

function huge(
  format: Format,
  negative: boolean,
  env: Environment,
  precision: number,
  rounded: Rounded,
  last: number,
): bigint {
  env.raise(Flag.OVERFLOW);
  if (!env.isMasked(Flag.OVERFLOW)) {
    note(env, rounded);
    return outOfRange(format, negative, rounded.units, last - EXPONENT_WRAP, env);
  }
  const up = awayFromZero(env.rounding, negative, true, 1n, 1n);
  note(env, { units: 0n, inexact: true, up });
  if (up) return infinity(format, negative);
  const ones = (1n << BigInt(precision)) - 1n;
  return pack(format, negative, ones, format.maximum - precision + 1);
}

/**
 * The result of an exception that is not masked: there is one in the registers of the x87 unit only, and
 * nobody asks for that of another format. What is still out of range (FSCALE can lead so far) is an infinity or a zero, and inexact.
 */
function outOfRange(
  format: Format,
  negative: boolean,
  units: bigint,
  last: number,
  env: Environment,
): bigint {
  const leading = last + bitLength(units) - 1;
  if (leading >= format.minimum && leading <= format.maximum) {
    return pack(format, negative, units, last);
  }
  const up = leading > format.maximum;
  if (format.explicit) note(env, { units, inexact: true, up });
  return up ? infinity(format, negative) : zero(format, negative);
}

/** The encoding of units × 2^last, which the format can hold exactly. */
function pack(format: Format, negative: boolean, units: bigint, last: number): bigint {
  if (units === 0n) return zero(format, negative);
  const lowest = format.minimum - format.precision + 1;
  const exponent = Math.max(last + bitLength(units) - format.precision, lowest);
  const significand =
    last >= exponent ? units << BigInt(last - exponent) : units >> BigInt(exponent - last);
  const normal = significand >= format.integerBit;
  const biased = normal ? exponent - lowest + 1 : 0;
  const stored = format.explicit || !normal ? significand : significand - format.integerBit;
  const bits = (BigInt(biased) << format.exponentAt) | stored;
  return negative ? bits | format.sign : bits;
}
