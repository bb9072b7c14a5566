import { type Environment, Flag } from './environment';
import type { Format } from './format';
import { isNan, noteDenormals, operand, type Unpacked } from './unpack';

export type Relation = 'less' | 'equal' | 'greater' | 'unordered';

/**
 * How a stands to b. A quiet comparison (UCOMISS, FUCOM) is invalid with a signalling NaN only, a
 * signalling one (COMISS, FCOM) with every NaN.
 */
export function compare(
  format: Format,
  a: bigint,
  b: bigint,
  env: Environment,
  signalling: boolean,
): Relation {
  return relation(format, operand(format, a, env), operand(format, b, env), env, signalling);
}

/** How a stands to b, of values taken apart. */
export function relation(
  format: Format,
  x: Unpacked,
  y: Unpacked,
  env: Environment,
  signalling: boolean,
): Relation {
  if (isNan(x) || isNan(y)) {
    const quiet = !signalling && isOrQuiet(x) && isOrQuiet(y);
    if (!quiet) env.raise(Flag.INVALID);
    return 'unordered';
  }
  noteDenormals(env, x, y);
  const difference = order(format, x, y);
  return difference === 0 ? 'equal' : difference < 0 ? 'less' : 'greater';
}

const isOrQuiet = (value: Unpacked): boolean => value.kind === 'quiet' || !isNan(value);

/** The sign of a - b. */
function order(format: Format, a: Unpacked, b: Unpacked): number {
  if (a.kind === 'zero' && b.kind === 'zero') return 0;
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  const x = magnitude(format, a);
  const y = magnitude(format, b);
  if (x === y) return 0;
  return x < y !== a.negative ? -1 : 1;
}

/** Encodings without their sign stand in the order of their values; so do pseudo-denormals then. */
function magnitude(format: Format, value: Unpacked): bigint {
  const bits = value.bits & (format.sign - 1n);
  const pseudo = value.denormal && value.significand >= format.integerBit;
  return pseudo ? bits | (1n << format.exponentAt) : bits;
}

/** MINSS and its kin (SDM 2B): the second operand where either is a NaN, or both are zeros. */
export function minimum(format: Format, a: bigint, b: bigint, env: Environment): bigint {
  return selected(format, a, b, env, 'less');
}

export function maximum(format: Format, a: bigint, b: bigint, env: Environment): bigint {
  return selected(format, a, b, env, 'greater');
}

function selected(
  format: Format,
  a: bigint,
  b: bigint,
  env: Environment,
  wanted: Relation,
): bigint {
  const chosen = compare(format, a, b, env, true) === wanted ? a : b;
  return operand(format, chosen, env).bits;
}
