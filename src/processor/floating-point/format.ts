/**
 * The formats of floating-point numbers (SDM 1 4.2.2, tables 4-2 and 4-3). A finite number is
 * significand × 2^exponent with a whole significand, so that exact arithmetic is that of whole numbers.
 */
export interface Format {
  /** Bits of the encoding. */
  readonly width: 16 | 32 | 64 | 80;
  /** Bits of the significand, with the integer bit. */
  readonly precision: number;
  /** Whether the integer bit is stored (double extended) or implied. */
  readonly explicit: boolean;
  readonly bias: number;
  /** The biased exponent of infinities and NaNs: all ones. */
  readonly top: number;
  /** The exponents of the leading bit of the smallest and of the largest normal number. */
  readonly minimum: number;
  readonly maximum: number;

  /* Masks and positions in the encoding. */
  readonly exponentAt: bigint;
  readonly fraction: bigint;
  readonly integerBit: bigint;
  readonly sign: bigint;
  /** Tells a quiet NaN from a signalling one. */
  readonly quietBit: bigint;
  readonly infinity: bigint;
  /** The real indefinite: what an invalid operation gives (SDM 1 4.8.3.7). */
  readonly indefinite: bigint;
}

function format(width: Format['width'], precision: number, explicit: boolean): Format {
  const bits = width - precision - (explicit ? 1 : 0);
  const bias = 2 ** (bits - 1) - 1;
  const top = 2 ** bits - 1;
  const exponentAt = BigInt(explicit ? precision : precision - 1);
  const sign = 1n << BigInt(width - 1);
  const integerBit = 1n << BigInt(precision - 1);
  const quietBit = integerBit >> 1n;
  const infinity = (BigInt(top) << exponentAt) | (explicit ? integerBit : 0n);
  return {
    width,
    precision,
    explicit,
    bias,
    top,
    minimum: 1 - bias,
    maximum: bias,
    exponentAt,
    fraction: (1n << exponentAt) - 1n,
    integerBit,
    sign,
    quietBit,
    infinity,
    indefinite: sign | infinity | quietBit,
  };
}

/** binary16 of F16C. */
export const HALF = format(16, 11, false);
export const SINGLE = format(32, 24, false);
export const DOUBLE = format(64, 53, false);
/** Double extended, the format of the x87 registers. */
export const EXTENDED = format(80, 64, true);
