import { pi } from './constants';
import { cosine as cosineSeries, arctan, sine as sineSeries } from './series';
import {
  fixed,
  inexact,
  justBelow,
  leading,
  magnitude,
  placesFor,
  type Real,
  WORKING_BITS,
} from './real';

/**
 * π as the unit has it: 66 bits, the last of them of 2^-64 (SDM 1 8.3.8). Angles are reduced by it, so that
 * the sine of a number near a multiple of π is that of its distance from this value's multiple.
 */
const PI_66 = 0x3243f6a8885a308d3n;
/** π ÷ 2 = PI_66 × 2^-65. */
const HALF_PI_PLACES = 65;

/**
 * Of angles below this exponent a series gives its first term, and the second decides only in which
 * direction the result is not exact: it lies beyond the bits that are computed.
 */
const TINY = -70;

interface Angle {
  /** Between -π/4 and π/4. */
  readonly rest: Real;
  /** How many quarters of a turn were taken away, modulo 4. */
  readonly quarter: number;
}

function reduced(x: Real): Angle {
  if (leading(x) < -1) return { rest: x, quarter: 0 };
  const scaled = fixed(x, HALF_PI_PLACES);
  const twice = 2n * PI_66;
  const shifted = 2n * scaled + PI_66;
  const quarters = shifted >= 0n ? shifted / twice : -((-shifted + twice - 1n) / twice);
  const rest = { significand: scaled - quarters * PI_66, exponent: -HALF_PI_PLACES };
  return { rest, quarter: Number(BigInt.asUintN(2, quarters)) };
}

function smallSine(x: Real): Real {
  if (leading(x) < TINY) return justBelow(x);
  const places = placesFor(leading(x));
  return inexact(sineSeries(fixed(x, places), places), places);
}

function smallCosine(x: Real): Real {
  if (leading(x) < TINY) return justBelow({ significand: 1n, exponent: 0 });
  const places = placesFor(leading(x));
  return inexact(cosineSeries(fixed(x, places), places), places);
}

const negated = ({ significand, exponent }: Real): Real => ({
  significand: -significand,
  exponent,
});

/** The sine of an angle, a number of quarters of a turn further on. */
function sineAhead(x: Real, ahead: number): Real {
  const { rest, quarter } = reduced(x);
  const turned = (quarter + ahead) & 3;
  const value = turned & 1 ? smallCosine(rest) : smallSine(rest);
  return turned & 2 ? negated(value) : value;
}

/** |x| < 2^63, for all of these. */
export const sine = (x: Real): Real => sineAhead(x, 0);
export const cosine = (x: Real): Real => sineAhead(x, 1);

export function tangent(x: Real): Real {
  const { rest, quarter } = reduced(x);
  if (leading(rest) < TINY && quarter % 2 === 0) {
    // A little farther from zero than the angle.
    const { significand, exponent } = rest;
    const wide = significand << BigInt(WORKING_BITS);
    return { significand: wide + (wide < 0n ? -1n : 1n), exponent: exponent - WORKING_BITS };
  }
  const [over, under] = [smallSine(rest), smallCosine(rest)];
  return quarter % 2 === 0 ? ratio(over, under) : negated(ratio(under, over));
}

/** A quotient of two numbers of about WORKING_BITS that are not exact. */
function ratio(a: Real, b: Real): Real {
  const shift = 2 * WORKING_BITS;
  const significand = (a.significand << BigInt(shift)) / b.significand;
  return { significand, exponent: a.exponent - b.exponent - shift };
}

/** Beyond this distance of exponents the angle is π/2 or π, but for its direction. */
const FAR = 200;

/** The angle of the point (x, y), neither of which is zero, between -π and π. */
export function angle(y: Real, x: Real): Real {
  const value = upperAngle(
    { ...y, significand: magnitude(y.significand) },
    { ...x, significand: magnitude(x.significand) },
    x.significand < 0n,
  );
  return y.significand < 0n ? negated(value) : value;
}

/** The same for y > 0 and |x|. */
function upperAngle(y: Real, x: Real, left: boolean): Real {
  const distance = leading(y) - leading(x);
  if (!left && distance < TINY) return justBelowRatio(y, x);
  if (distance < -FAR) return turns(1);
  if (distance > FAR) return turns(2);
  const steep = isBelow(x, y);
  const places = placesFor(-Math.abs(distance) - 1);
  const slope = steep ? quotient(x, y, places) : quotient(y, x, places);
  const small = arctan(slope, places);
  const whole = pi(places);
  if (steep) return inexact(left ? (whole >> 1n) + small : (whole >> 1n) - small, places);
  return inexact(left ? whole - small : small, places);
}

/** π divided by 1, 2 or 4, times a number. */
export function turns(parts: number, times = 1n): Real {
  return inexact((pi(WORKING_BITS) * times) / BigInt(parts), WORKING_BITS);
}

function quotient(a: Real, b: Real, places: number): bigint {
  const shift = places + a.exponent - b.exponent;
  return shift >= 0
    ? (a.significand << BigInt(shift)) / b.significand
    : a.significand / (b.significand << BigInt(-shift));
}

function isBelow(a: Real, b: Real): boolean {
  const exponent = Math.min(a.exponent, b.exponent);
  return fixed(a, -exponent) < fixed(b, -exponent);
}

/** An angle so small that it is the ratio, but for a little. */
function justBelowRatio(y: Real, x: Real): Real {
  const dividend = y.significand << BigInt(WORKING_BITS);
  const whole = dividend / x.significand;
  const exact = whole * x.significand === dividend;
  const significand = 2n * whole + (exact ? -1n : 1n);
  return { significand, exponent: y.exponent - x.exponent - WORKING_BITS - 1 };
}
