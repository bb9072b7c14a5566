import { bitLength } from '../../floating-point/whole-numbers';
import { logarithmOf2 } from './constants';
import { artanh, exponentialLessOne } from './series';
import { fixed, inexact, leading, magnitude, placesFor, type Real, WORKING_BITS } from './real';

/** Powers of 2 and logarithms to the base 2. */

/** Below this exponent the second term of a series lies beyond all bits of the result. */
const TINY = -100;

/** 2^x - 1, for 0 < |x| < 1. */
export function powerLessOne(x: Real): Real {
  if (leading(x) < TINY) {
    const { significand, exponent } = x;
    const product = significand * logarithmOf2(WORKING_BITS);
    return { ...inexact(product, 0), exponent: exponent - WORKING_BITS - 1 };
  }
  const places = placesFor(leading(x));
  const power = (fixed(x, places) * logarithmOf2(places)) / (1n << BigInt(places));
  return inexact(exponentialLessOne(power, places), places);
}

/** log2 x, for x > 0; a power of 2 gives an exact result, 1 gives zero. */
export function logarithm({ significand, exponent }: Real): Real {
  const length = bitLength(significand);
  const power = exponent + length - 1;
  const one = 1n << BigInt(length - 1);
  if (significand === one) return { significand: BigInt(power), exponent: 0 };
  // x = 2^whole × (upper ÷ lower), and the ratio lies between √½ and √2.
  const large = significand * significand > 2n * one * one;
  const lower = large ? 2n * one : one;
  const whole = large ? power + 1 : power;
  return ofRatio(significand - lower, significand + lower, whole);
}

/** log2 (1 + x), for x > -1 and not zero. */
export function logarithmOfOneMore(x: Real): Real {
  const { significand, exponent } = x;
  if (leading(x) < TINY) {
    const ratio = (significand << BigInt(2 * WORKING_BITS)) / logarithmOf2(WORKING_BITS);
    return { ...inexact(ratio, 0), exponent: exponent - WORKING_BITS - 1 };
  }
  if (leading(x) >= -2 || exponent >= 0) {
    const low = Math.min(exponent, 0);
    return logarithm({ significand: fixed(x, -low) + fixed(ONE, -low), exponent: low });
  }
  return ofRatio(significand, (2n << BigInt(-exponent)) + significand, 0);
}

const ONE: Real = { significand: 1n, exponent: 0 };

/** whole + log2 ((1 + z) ÷ (1 - z)), where z = over ÷ under: 2 artanh z ÷ ln 2. */
function ofRatio(over: bigint, under: bigint, whole: number): Real {
  const places = placesFor(bitLength(magnitude(over)) - bitLength(under) - 1);
  const z = (over << BigInt(places)) / under;
  const natural = 2n * artanh(z, places);
  const binary = (natural << BigInt(places)) / logarithmOf2(places);
  return inexact((BigInt(whole) << BigInt(places)) + binary, places);
}
