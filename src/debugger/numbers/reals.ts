import {
  convert,
  Environment,
  isNan,
  round,
  unpack,
  type Format,
  type Unpacked,
} from '../../processor/floating-point';
import { floatBits, type FormatName } from '../../program';

/** Floating-point numbers of the debugger: encodings of a format of the processor, to and from text. */

const NAMES: Readonly<Record<Format['width'], FormatName>> = {
  16: 'half',
  32: 'single',
  64: 'double',
  80: 'extended',
};
/** So many decimal digits tell every number of a format from its neighbours. */
const ENOUGH_DIGITS: Readonly<Record<Format['width'], number>> = { 16: 5, 32: 9, 64: 17, 80: 21 };
/** Numbers below this, and from 10 to this power, are written with an exponent. */
const LEAST_PLAIN = -5;
const MOST_PLAIN = 21;

/** The encoding nearest to a decimal or hexadecimal number without a sign: `1.5`, `2e-3`, `0x1.8p3`. */
export function realOf(text: string, format: Format): bigint {
  return floatBits(text, NAMES[format.width]);
}

/** The encoding nearest to a whole number. */
export function realOfInteger(value: bigint, format: Format): bigint {
  if (value === 0n) return 0n;
  return round(format, value < 0n, value < 0n ? -value : value, 0, new Environment());
}

/** The encoding in one format of a number in another. */
export function converted(from: Format, to: Format, bits: bigint): bigint {
  return from === to ? bits : convert(from, to, bits, new Environment(), false);
}

/** The encoding of a NaN with these bits below the exponent; without any it is the plainest quiet one. */
export function nanOf(format: Format, payload: bigint): bigint {
  const fraction = payload & (format.integerBit - 1n);
  return format.infinity | (fraction === 0n ? format.quietBit : fraction);
}

/** The whole number that an encoding stands for; undefined where it is none. */
export function wholeOf(format: Format, bits: bigint): bigint | undefined {
  const { kind, negative, significand, exponent } = unpack(format, bits);
  if (kind === 'zero') return 0n;
  if (kind !== 'finite') return undefined;
  const places = BigInt(Math.max(0, -exponent));
  const whole = exponent >= 0 ? significand << BigInt(exponent) : significand >> places;
  if (exponent < 0 && whole << places !== significand) return undefined;
  return negative ? -whole : whole;
}

/**
 * How one number stands to another, whatever their formats, exactly: negative, 0, positive; undefined
 * where one is a NaN.
 */
export function order(a: Unpacked, b: Unpacked): number | undefined {
  if (isNan(a) || isNan(b)) return undefined;
  const [x, y] = [rank(a), rank(b)];
  if (x !== y || !isFinite(x)) return x === y ? 0 : x - y;
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = signed(a, exponent) - signed(b, exponent);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** Infinities stand at the ends; of the others the sign counts, which a zero has not. */
function rank({ kind, negative }: Unpacked): number {
  const magnitude = kind === 'infinity' ? Infinity : kind === 'zero' ? 0 : 1;
  return magnitude === 0 ? 0 : negative ? -magnitude : magnitude;
}

const signed = ({ negative, significand, exponent }: Unpacked, last: number): bigint => {
  const aligned = significand << BigInt(exponent - last);
  return negative ? -aligned : aligned;
};

/**
 * A number as text that `realOf` makes the same bits of: as few decimal digits as do, `inf`, `nan`, or
 * `nan(0x…)` with the bits below the exponent. Encodings without meaning have none: they are named so.
 */
export function realText(format: Format, bits: bigint): string {
  const value = unpack(format, bits);
  const sign = value.negative ? '-' : '';
  switch (value.kind) {
    case 'zero':
      return `${sign}0.0`;
    case 'infinity':
      return `${sign}inf`;
    case 'unsupported':
      return 'unsupported';
    case 'finite':
      return sign + decimal(format, bits & ~format.sign, value);
    default: {
      const fraction = bits & (format.integerBit - 1n);
      return fraction === format.quietBit ? `${sign}nan` : `${sign}nan(0x${fraction.toString(16)})`;
    }
  }
}

/** The fewest digits that are nearer to this number than to any other of its format. */
function decimal(format: Format, bits: bigint, { significand, exponent }: Unpacked): string {
  const top = exponent >= 0 ? significand << BigInt(exponent) : significand;
  const bottom = exponent >= 0 ? 1n : 1n << BigInt(-exponent);
  const power = decimalExponent(top, bottom);
  for (let count = 1; ; count++) {
    const digits = nearest(top, bottom, count - 1 - power);
    const text = `${digits}e${power - count + 1}`;
    const enough = count >= ENOUGH_DIGITS[format.width] || realOf(text, format) === bits;
    if (enough) return written(String(digits), power - count + 1);
  }
}

/** The power of 10 of the first digit of top ÷ bottom. */
function decimalExponent(top: bigint, bottom: bigint): number {
  const guess = String(top).length - String(bottom).length;
  const isLess =
    guess >= 0 ? top < bottom * 10n ** BigInt(guess) : top * 10n ** BigInt(-guess) < bottom;
  return isLess ? guess - 1 : guess;
}

/** top ÷ bottom × 10^places as the nearest whole number. */
function nearest(top: bigint, bottom: bigint, places: number): bigint {
  const numerator = places >= 0 ? top * 10n ** BigInt(places) : top;
  const denominator = places >= 0 ? bottom : bottom * 10n ** BigInt(-places);
  return (2n * numerator + denominator) / (2n * denominator);
}

/** digits × 10^last, with a point or with an exponent. */
function written(all: string, last: number): string {
  const digits = all.replace(/0+$/, '') || '0';
  const power = all.length - 1 + last;
  if (power < LEAST_PLAIN || power >= MOST_PLAIN) {
    const rest = digits.slice(1);
    return `${digits.slice(0, 1)}${rest ? `.${rest}` : ''}e${power < 0 ? '' : '+'}${power}`;
  }
  if (power < 0) return `0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0');
  return `${whole}.${digits.slice(power + 1) || '0'}`;
}
