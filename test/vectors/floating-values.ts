/** Floating-point numbers that find mistakes: edges of each format, and numbers close to one another. */
import { EXTENDED, type Format } from '../../src/processor/floating-point';

export type Random = () => number;

/** A random number of so many bits. */
export function randomBits(next: Random, bits: number): bigint {
  let value = 0n;
  for (let n = 0; n < bits; n += 32) value = (value << 32n) | BigInt(next());
  return BigInt.asUintN(bits, value);
}

const one = (bit: number): bigint => 1n << BigInt(bit);

function encode(format: Format, negative: boolean, biased: number, fraction: bigint): bigint {
  const integer = format.explicit && biased > 0 ? format.integerBit : 0n;
  const bits =
    (BigInt(biased) << format.exponentAt) | integer | (fraction & (format.integerBit - 1n));
  return negative ? bits | format.sign : bits;
}

/** Fractions with few or many ones, so that results lie halfway between two numbers. */
function fraction(format: Format, next: Random): bigint {
  const bits = format.precision - 1;
  const all = one(bits) - 1n;
  switch (next() % 6) {
    case 0:
      return 0n;
    case 1:
      return one(next() % bits);
    case 2:
      return all ^ one(next() % bits);
    case 3:
      return all;
    case 4: // the upper part only
      return randomBits(next, bits) & ~(one(1 + (next() % bits)) - 1n);
    default:
      return randomBits(next, bits);
  }
}

export function floatingValue(format: Format, next: Random): bigint {
  const negative = next() % 2 === 1;
  const biased = (value: number): bigint => encode(format, negative, value, fraction(format, next));
  const { bias, top, precision } = format;
  switch (next() % 16) {
    case 0:
      return encode(format, negative, 0, 0n);
    case 1:
      return encode(format, negative, top, 0n);
    case 2: // quiet NaN
      return encode(format, negative, top, format.quietBit | fraction(format, next));
    case 3: // signalling NaN
      return encode(format, negative, top, (fraction(format, next) & (format.quietBit - 1n)) | 1n);
    case 4: // denormal
      return encode(format, negative, 0, fraction(format, next) | (next() % 2 ? 1n : 0n));
    case 5: // near underflow
      return biased(1 + (next() % 8));
    case 6: // near overflow
      return biased(top - 1 - (next() % 8));
    case 7:
    case 8: // any exponent
      return biased(1 + (next() % (top - 1)));
    case 9: // exponents whose products lie at the edges
      return biased((bias >> 1) + (next() % (precision * 2)) - precision);
    case 10:
      return biased(Math.min(top - 1, bias + (bias >> 1) + (next() % 16) - 8));
    case 11: // whole numbers and their halves
      return biased(Math.min(top - 1, bias + (next() % (precision + 8)) - 2));
    case 12:
      if (format.explicit) return unsupported(next);
      return biased(bias);
    default:
      return biased(Math.max(1, bias + (next() % 33) - 16));
  }
}

/** Double extended encodings in which the integer bit contradicts the exponent. */
function unsupported(next: Random): bigint {
  const significand = randomBits(next, 63);
  const sign = next() % 2 ? EXTENDED.sign : 0n;
  switch (next() % 5) {
    case 0: // pseudo-infinity
      return sign | (0x7fffn << 64n);
    case 1: // pseudo-NaN
      return sign | (0x7fffn << 64n) | significand;
    case 2: // unnormal
      return sign | (BigInt(1 + (next() % 0x7ffe)) << 64n) | significand;
    default: // pseudo-denormal
      return sign | one(63) | (next() % 2 ? significand : 0n);
  }
}

/** Another operand: anything, or a number that comes close to the first. */
export function floatingNeighbour(format: Format, value: bigint, next: Random): bigint {
  const choice = next() % 8;
  if (choice === 0) return value ^ (next() % 2 ? format.sign : 0n);
  if (choice > 3) return floatingValue(format, next);
  const biased = Number(value >> format.exponentAt) & format.top;
  const distance = (next() % (2 * format.precision + 8)) - format.precision - 4;
  const exponent = Math.min(
    Math.max(biased + (choice === 1 ? distance >> 5 : distance), 0),
    format.top - 1,
  );
  return encode(format, next() % 2 === 1, exponent, fraction(format, next));
}

/** Whole numbers of `width` bits: powers of two and their neighbours, and random ones. */
export function wholeValue(width: number, next: Random): bigint {
  const value =
    next() % 2
      ? randomBits(next, 1 + (next() % width))
      : one(next() % width) + BigInt(next() % 3) - 1n;
  return BigInt.asUintN(width, next() % 2 ? value : -value);
}
