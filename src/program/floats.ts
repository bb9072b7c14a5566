/** Floating-point constants to IEEE 754 bits, correctly rounded (NASM manual 3.4.6). */

/** The shape of a binary floating-point format. `explicit` formats store the leading 1 (x87's 80 bits). */
interface Format {
  readonly exponentBits: number;
  readonly fractionBits: number;
  readonly explicit: boolean;
}

/** By number of bytes; bfloat16 shares its size with binary16 and has its own name. */
export const FORMATS = {
  quarter: { exponentBits: 4, fractionBits: 3, explicit: false },
  half: { exponentBits: 5, fractionBits: 10, explicit: false },
  bfloat: { exponentBits: 8, fractionBits: 7, explicit: false },
  single: { exponentBits: 8, fractionBits: 23, explicit: false },
  double: { exponentBits: 11, fractionBits: 52, explicit: false },
  extended: { exponentBits: 15, fractionBits: 63, explicit: true },
  quad: { exponentBits: 15, fractionBits: 112, explicit: false },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

export const FORMAT_OF_SIZE: Readonly<Record<number, FormatName>> = {
  1: 'quarter',
  2: 'half',
  4: 'single',
  8: 'double',
  10: 'extended',
  16: 'quad',
};

/** Larger decimal exponents are infinite (or nothing) in every format, and would only cost time. */
const MAX_EXPONENT = 20000;

interface Ratio {
  readonly top: bigint;
  readonly bottom: bigint;
}

function scaled(mantissa: bigint, base: bigint, exponent: number): Ratio {
  const e = Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, exponent));
  return e >= 0
    ? { top: mantissa * base ** BigInt(e), bottom: 1n }
    : { top: mantissa, bottom: base ** BigInt(-e) };
}

/** Bits that a digit after the prefix stands for; 4 after the hexadecimal ones. */
const BITS_PER_DIGIT: Readonly<Record<string, number>> = { '0b': 1, '0y': 1, '0o': 3, '0q': 3 };

function ratio(text: string): Ratio {
  const clean = text.replace(/_/g, '').toLowerCase();
  const binary = /^(0[xhbyoq]|\$)([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d+))?$/.exec(clean);
  if (binary) {
    const [, prefix = '', whole = '', part = '', power = '0'] = binary;
    const bits = BITS_PER_DIGIT[prefix] ?? 4;
    const digits = bits === 4 ? '0x0' : bits === 3 ? '0o0' : '0b0';
    return scaled(BigInt(`${digits}${whole}${part}`), 2n, Number(power) - bits * part.length);
  }
  const decimal = /^(?:0[dt])?(\d*)\.?(\d*)(?:e([+-]?\d+))?$/.exec(clean);
  const [, whole = '', part = '', power = '0'] = decimal ?? [];
  return scaled(BigInt(`0${whole}${part}`), 10n, Number(power) - part.length);
}

const bitLength = (n: bigint): number => n.toString(2).length;

function pack(format: Format, exponent: bigint, fraction: bigint): bigint {
  const stored = format.explicit ? format.fractionBits + 1 : format.fractionBits;
  return (exponent << BigInt(stored)) | fraction;
}

/** The bits of a positive constant such as `1.5e3` or `0x1.8p4` in the given format. */
export function floatBits(text: string, name: FormatName): bigint {
  const format: Format = FORMATS[name];
  const { top, bottom } = ratio(text);
  if (top === 0n) return 0n;
  const bias = (1 << (format.exponentBits - 1)) - 1;
  const precision = format.fractionBits + 1;
  const least = 1 - bias;
  let exponent = bitLength(top) - bitLength(bottom);
  if (exponent >= 0 ? top < bottom << BigInt(exponent) : top << BigInt(-exponent) < bottom)
    exponent--;
  exponent = Math.max(exponent, least);
  // value = significand * 2^(exponent - fractionBits), rounded to nearest, ties to even.
  const shift = format.fractionBits - exponent;
  const numerator = shift >= 0 ? top << BigInt(shift) : top;
  const denominator = shift >= 0 ? bottom : bottom << BigInt(-shift);
  let significand = numerator / denominator;
  const rest = (numerator % denominator) * 2n;
  if (rest > denominator || (rest === denominator && (significand & 1n) === 1n)) significand++;
  if (significand >> BigInt(precision)) {
    significand >>= 1n;
    exponent++;
  }
  if (exponent > bias) return special('infinity', name);
  const normal = significand >> BigInt(format.fractionBits) === 1n;
  const biased = normal ? BigInt(exponent + bias) : 0n;
  const fraction = format.explicit
    ? significand
    : significand & ((1n << BigInt(format.fractionBits)) - 1n);
  return pack(format, biased, fraction);
}

/** The bits of infinity or of a NaN. */
export function special(what: 'infinity' | 'qnan' | 'snan', name: FormatName): bigint {
  const format: Format = FORMATS[name];
  const ones = (1n << BigInt(format.exponentBits)) - 1n;
  const lead = format.explicit ? 1n << BigInt(format.fractionBits) : 0n;
  const fraction =
    what === 'infinity' ? 0n : what === 'qnan' ? 1n << BigInt(format.fractionBits - 1) : 1n;
  return pack(format, ones, lead | fraction);
}

/** The sign bit of a format, to be set for negative constants. */
export function signBit(name: FormatName): bigint {
  const format: Format = FORMATS[name];
  const stored = format.explicit ? format.fractionBits + 1 : format.fractionBits;
  return 1n << BigInt(format.exponentBits + stored);
}

/** The most digits of a packed decimal constant. */
const BCD_DIGITS = 18;

/** Whether a number is a packed decimal constant for `dt`: `123p` or `0p123` (NASM manual 3.4.7). */
export const isPackedDecimal = (text: string): boolean =>
  /^(?:0p[0-9_]+|[0-9][0-9_]*p)$/i.test(text);

/** The 80 bits of a packed decimal constant: two digits in each byte, the sign in the last (SDM vol. 1, 4.7). */
export function packedDecimal(text: string, negative: boolean): bigint {
  const digits = text.replace(/^0p|[p_]/gi, '').slice(-BCD_DIGITS);
  return BigInt(`0x0${digits}`) | (negative ? 0x80n << 72n : 0n);
}
