import type { Environment } from './environment';
import type { Format } from './format';
import { invalid, propagated } from './nan';
import { round } from './round';
import { isNan, noteDenormals, operand, type Unpacked, zero } from './unpack';
import { bitLength } from './whole-numbers';

/** FPREM and FPREM1 (SDM 2A). */
export interface Remainder {
  readonly result: bigint;
  /** The lowest three bits of the quotient: 0 while the reduction is partial, and none of an operation without quotient. */
  readonly quotient: number | undefined;
  /** The exponents lie so far apart that the result is not below b yet. */
  readonly partial: boolean;
}

/** Exponents that differ by so much are reduced step by step. */
const WITHIN_ONE_STEP = 64;

/**
 * a - b × q, where q is a ÷ b rounded towards zero (FPREM), or to the nearest (FPREM1, as IEEE 754
 * has it). Always exact.
 */
export function remainder(
  format: Format,
  a: bigint,
  b: bigint,
  env: Environment,
  nearest: boolean,
): Remainder {
  const x = operand(format, a, env);
  const y = operand(format, b, env);
  const none = (result: bigint): Remainder => ({ result, quotient: undefined, partial: false });
  const done = (result: bigint): Remainder => ({ result, quotient: 0, partial: false });
  if (isNan(x) || isNan(y)) return none(propagated(format, x, y, env));
  if (x.kind === 'infinity' || y.kind === 'zero') return none(invalid(format, env));
  noteDenormals(env, x, y);
  if (x.kind === 'zero') return done(x.bits);
  if (y.kind === 'infinity') {
    return done(round(format, x.negative, x.significand, x.exponent, env));
  }
  const distance = leading(x) - leading(y);
  if (distance >= WITHIN_ONE_STEP) return partialRemainder(format, x, y, distance, env);
  return wholeRemainder(format, x, y, nearest, env);
}

const leading = ({ significand, exponent }: Unpacked): number => exponent + bitLength(significand);

function wholeRemainder(
  format: Format,
  x: Unpacked,
  y: Unpacked,
  nearest: boolean,
  env: Environment,
): Remainder {
  const exponent = Math.min(x.exponent, y.exponent);
  // A dividend far below the divisor is its own remainder.
  if (leading(x) < leading(y) - 1) {
    const result = round(format, x.negative, x.significand, x.exponent, env);
    return { result, quotient: 0, partial: false };
  }
  const dividend = x.significand << BigInt(x.exponent - exponent);
  const divisor = y.significand << BigInt(y.exponent - exponent);
  let quotient = dividend / divisor;
  let rest = dividend - quotient * divisor;
  if (nearest && (2n * rest > divisor || (2n * rest === divisor && (quotient & 1n) === 1n))) {
    quotient += 1n;
    rest -= divisor;
  }
  const negative = x.negative !== rest < 0n;
  const magnitude = rest < 0n ? -rest : rest;
  return {
    result: signed(format, rest === 0n ? x.negative : negative, magnitude, exponent, env),
    quotient: Number(quotient & 7n),
    partial: false,
  };
}

/** Takes away a multiple that lowers the exponent by 32 to 63, as the processor chooses. */
function partialRemainder(
  format: Format,
  x: Unpacked,
  y: Unpacked,
  distance: number,
  env: Environment,
): Remainder {
  const step = (distance & 31) | 32;
  const scaled = y.exponent + distance - step;
  const exponent = Math.min(x.exponent, scaled);
  const dividend = x.significand << BigInt(x.exponent - exponent);
  const divisor = y.significand << BigInt(scaled - exponent);
  return {
    result: signed(format, x.negative, dividend % divisor, exponent, env),
    quotient: 0,
    partial: true,
  };
}

function signed(
  format: Format,
  negative: boolean,
  magnitude: bigint,
  exponent: number,
  env: Environment,
): bigint {
  if (magnitude === 0n) return zero(format, negative);
  return round(format, negative, magnitude, exponent, env);
}
