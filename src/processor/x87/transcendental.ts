import { X87Status } from '../../isa/registers/floating-point';
import {
  type Environment,
  EXTENDED,
  Flag,
  isNan,
  round,
  unpack,
  type Unpacked,
} from '../floating-point';
import { invalid, propagated, quieted } from '../floating-point/nan';
import { infinity, noteDenormals, zero } from '../floating-point/unpack';
import type { SlowPath } from '../semantics/slow-path';
import { logarithm, logarithmOfOneMore, powerLessOne } from './elementary/exponential';
import { leading, magnitude, type Real } from './elementary/real';
import { angle, cosine, sine, tangent, turns } from './elementary/trigonometric';
import { INDEFINITE, operation, type Operation } from './operation';

/**
 * Transcendental instructions (SDM 1 8.3.7 to 8.3.10). Results are rounded correctly, as RC says and to
 * 64 bits. Real processors are allowed to be off by one unit in the last place, and each model is off
 * for other arguments.
 */

const ONE = 0x3fff8000000000000000n;
const MINUS_ONE = ONE | EXTENDED.sign;
const MINUS_HALF = 0xbffe8000000000000000n;
/** Angles from 2^63 on are not reduced: C2 tells so. */
const ANGLE_LIMIT = 63;

function real({ negative, significand, exponent }: Unpacked): Real {
  return { significand: negative ? -significand : significand, exponent };
}

function rounded({ significand, exponent }: Real, env: Environment): bigint {
  return round(EXTENDED, significand < 0n, magnitude(significand), exponent, env);
}

/* Angles. */

/** What an angle is when it is zero, infinite or no number; undefined when it has to be computed. */
function specialAngle(x: Unpacked, ofZero: bigint, env: Environment): bigint | undefined {
  if (isNan(x)) return quieted(EXTENDED, x, env);
  if (x.kind === 'infinity') return invalid(EXTENDED, env);
  return x.kind === 'zero' ? ofZero : undefined;
}

const isTooLarge = (x: Unpacked): boolean => x.kind === 'finite' && leading(real(x)) >= ANGLE_LIMIT;

/** FSIN and FCOS. */
function trigonometric(compute: (x: Real) => Real, ofZero: bigint | undefined): SlowPath {
  return operation((x) => {
    const { stack, env } = x;
    x.setConditions(stack.status & ~X87Status.C2);
    const empty = x.underflows(0);
    const value = unpack(EXTENDED, stack.get(0));
    if (!empty && isTooLarge(value)) {
      x.setConditions(stack.status | X87Status.C2);
      return;
    }
    const result = empty ? INDEFINITE : computed(value, compute, ofZero ?? value.bits, env);
    if (x.delivers) stack.set(0, result);
  });
}

function computed(
  value: Unpacked,
  compute: (x: Real) => Real,
  ofZero: bigint,
  env: Environment,
): bigint {
  const special = specialAngle(value, ofZero, env);
  if (special !== undefined) return special;
  noteDenormals(env, value);
  return rounded(compute(real(value)), env);
}

/** FSINCOS and FPTAN replace ST(0), and push. */
function pushing(
  compute: (x: Real) => Real,
  second: (value: Unpacked, env: Environment) => bigint,
): SlowPath {
  return operation((x) => {
    const { stack, env } = x;
    x.setConditions(stack.status & ~X87Status.C2);
    const wrong = x.underflows(0) || x.overflows();
    const value = unpack(EXTENDED, stack.get(0));
    if (!wrong && isTooLarge(value)) {
      x.setConditions(stack.status | X87Status.C2);
      return;
    }
    const pushed = wrong ? INDEFINITE : second(value, env);
    const result = wrong ? INDEFINITE : computed(value, compute, value.bits, env);
    if (!x.delivers) return;
    stack.set(0, result);
    stack.push(pushed);
  });
}

const alsoCosine = (value: Unpacked, env: Environment): bigint => computed(value, cosine, ONE, env);
/** FPTAN pushes 1, so that the cotangent is one division away. */
const alsoOne = (value: Unpacked, env: Environment): bigint => specialAngle(value, ONE, env) ?? ONE;

/* Functions of ST(0) and ST(1): the result replaces ST(1), and ST(0) is popped. */

type Combine = (y: Unpacked, x: Unpacked, env: Environment) => bigint;

function popping(compute: Combine): SlowPath {
  return operation((x) => {
    const { stack, env } = x;
    const result = x.underflows(0, 1)
      ? INDEFINITE
      : compute(unpack(EXTENDED, stack.get(1)), unpack(EXTENDED, stack.get(0)), env);
    if (!x.delivers) return;
    stack.set(1, result);
    stack.pop();
  });
}

/** SDM 2A table 3-30 (FPATAN): the angle of the point (ST(0), ST(1)). */
const arctangent: Combine = (y, x, env) => {
  if (isNan(y) || isNan(x)) return propagated(EXTENDED, x, y, env);
  noteDenormals(env, y, x);
  const signed = (value: Real): bigint =>
    rounded(y.negative ? { ...value, significand: -value.significand } : value, env);
  if (y.kind === 'infinity' && x.kind === 'infinity') {
    return signed(turns(4, x.negative ? 3n : 1n));
  }
  if (y.kind === 'zero' || x.kind === 'infinity') {
    return x.negative ? signed(turns(1)) : zero(EXTENDED, y.negative);
  }
  if (y.kind === 'infinity' || x.kind === 'zero') return signed(turns(2));
  return rounded(angle(real(y), real(x)), env);
};

/** SDM 2B table for FYL2X: y × log2 x. */
const timesLogarithm: Combine = (y, x, env) => {
  if (isNan(y) || isNan(x)) return propagated(EXTENDED, x, y, env);
  if (x.negative && x.kind !== 'zero') return invalid(EXTENDED, env);
  if (x.kind === 'zero') {
    if (y.kind === 'zero') return invalid(EXTENDED, env);
    if (y.kind === 'finite') env.raise(Flag.ZERO_DIVIDE);
    return infinity(EXTENDED, !y.negative);
  }
  if (x.kind === 'infinity') {
    if (y.kind === 'zero') return invalid(EXTENDED, env);
    noteDenormals(env, y);
    return infinity(EXTENDED, y.negative);
  }
  return timesReal(y, logarithm(real(x)), x, env);
};

/** SDM 2B table for FYL2XP1: y × log2 (x + 1). */
const timesLogarithmOfOneMore: Combine = (y, x, env) => {
  if (isNan(y) || isNan(x)) return propagated(EXTENDED, x, y, env);
  if (x.kind === 'infinity') {
    if (x.negative || y.kind === 'zero') return invalid(EXTENDED, env);
    noteDenormals(env, y);
    return infinity(EXTENDED, y.negative);
  }
  if (x.kind === 'zero') {
    if (y.kind === 'infinity') return invalid(EXTENDED, env);
    noteDenormals(env, y);
    return zero(EXTENDED, y.negative !== x.negative);
  }
  if (x.negative && leading(real(x)) >= 0) return invalid(EXTENDED, env);
  return timesReal(y, logarithmOfOneMore(real(x)), x, env);
};

/** y times a logarithm that may be zero. */
function timesReal(y: Unpacked, factor: Real, x: Unpacked, env: Environment): bigint {
  const negative = y.negative !== factor.significand < 0n;
  if (y.kind === 'infinity' && factor.significand === 0n) return invalid(EXTENDED, env);
  noteDenormals(env, y, x);
  if (y.kind === 'infinity') return infinity(EXTENDED, negative);
  if (y.kind === 'zero' || factor.significand === 0n) return zero(EXTENDED, negative);
  const significand = y.significand * magnitude(factor.significand);
  const result = round(EXTENDED, negative, significand, y.exponent + factor.exponent, env);
  // The unit computes with approximations: it does not notice that a result is exact.
  env.raise(unpack(EXTENDED, result).denormal ? Flag.PRECISION | Flag.UNDERFLOW : Flag.PRECISION);
  return result;
}

/** SDM 2A F2XM1: 2^x - 1 for -1 ≤ x ≤ 1; outside the result is undefined, and here it is x. */
function power(value: Unpacked, env: Environment): bigint {
  if (isNan(value)) return quieted(EXTENDED, value, env);
  if (value.kind === 'infinity') return value.negative ? MINUS_ONE : value.bits;
  if (value.kind === 'zero') return value.bits;
  noteDenormals(env, value);
  if (value.bits === MINUS_ONE) return MINUS_HALF;
  const x = real(value);
  return leading(x) >= 0 ? value.bits : rounded(powerLessOne(x), env);
}

const powerOf2 = operation((x: Operation) => {
  const empty = x.underflows(0);
  const result = empty ? INDEFINITE : power(unpack(EXTENDED, x.stack.get(0)), x.env);
  if (x.delivers) x.stack.set(0, result);
});

export const TRANSCENDENTAL: Readonly<Record<string, SlowPath>> = {
  FSIN: trigonometric(sine, undefined),
  FCOS: trigonometric(cosine, ONE),
  FSINCOS: pushing(sine, alsoCosine),
  FPTAN: pushing(tangent, alsoOne),
  FPATAN: popping(arctangent),
  F2XM1: powerOf2,
  FYL2X: popping(timesLogarithm),
  FYL2XP1: popping(timesLogarithmOfOneMore),
};
