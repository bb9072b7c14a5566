import { type Environment, Flag } from './environment';
import type { Format } from './format';

/** What an encoding stands for (SDM 1 4.8.3, tables 4-3 and 8-3). */
export type Kind =
  | 'zero'
  | 'finite'
  | 'infinity'
  | 'quiet'
  | 'signalling'
  /** Double extended encodings without meaning: unnormals, pseudo-NaNs, pseudo-infinities. */
  | 'unsupported';

/** A value taken apart: (-1)^negative × significand × 2^exponent where it is finite. */
export interface Unpacked {
  readonly kind: Kind;
  readonly negative: boolean;
  readonly significand: bigint;
  readonly exponent: number;
  /** Denormal or pseudo-denormal. */
  readonly denormal: boolean;
  readonly bits: bigint;
}

export function unpack(format: Format, bits: bigint): Unpacked {
  const negative = (bits & format.sign) !== 0n;
  const biased = Number(bits >> format.exponentAt) & format.top;
  const fraction = bits & format.fraction;
  const of = (kind: Kind): Unpacked => special(kind, negative, bits, fraction);
  if (biased === 0) {
    if (fraction === 0n) return of('zero');
    const exponent = format.minimum - format.precision + 1;
    return { kind: 'finite', negative, significand: fraction, exponent, denormal: true, bits };
  }
  if (format.explicit && (fraction & format.integerBit) === 0n) return of('unsupported');
  if (biased === format.top) {
    if ((fraction & (format.integerBit - 1n)) === 0n) return of('infinity');
    return of(fraction & format.quietBit ? 'quiet' : 'signalling');
  }
  const significand = fraction | format.integerBit;
  const exponent = biased - format.bias - format.precision + 1;
  return { kind: 'finite', negative, significand, exponent, denormal: false, bits };
}

function special(kind: Kind, negative: boolean, bits: bigint, fraction: bigint): Unpacked {
  return { kind, negative, significand: fraction, exponent: 0, denormal: false, bits };
}

/** An operand as the operation sees it: with DAZ a denormal number is a zero. */
export function operand(format: Format, bits: bigint, env: Environment): Unpacked {
  const value = unpack(format, bits);
  if (!value.denormal || !env.denormalsAreZeros) return value;
  return special('zero', value.negative, bits & format.sign, 0n);
}

export function isNan(value: Unpacked): boolean {
  const { kind } = value;
  return kind === 'quiet' || kind === 'signalling' || kind === 'unsupported';
}

/** Notes that an operand is denormal. */
export function noteDenormals(env: Environment, a: Unpacked, b: Unpacked = a): void {
  if (a.denormal || b.denormal) env.raise(Flag.DENORMAL);
}

export function zero(format: Format, negative: boolean): bigint {
  return negative ? format.sign : 0n;
}

export function infinity(format: Format, negative: boolean): bigint {
  return negative ? format.infinity | format.sign : format.infinity;
}
