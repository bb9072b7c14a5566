import {
  DOUBLE,
  EXTENDED,
  SINGLE,
  type Format as RealFormat,
} from '../../processor/floating-point';
import { lanesText } from '../numbers/lanes';
import { realText } from '../numbers/reals';
import type { Value } from './value';

/** How a number is written: hexadecimal, signed and unsigned decimal, binary, characters, with a fraction. */
export type Format = 'x' | 'd' | 'b' | 'c' | 'u' | 'f';

/** As much of a value as it takes to write it. */
export type Written = Pick<Value, 'value' | 'width' | 'real' | 'signed' | 'lanes'>;

const SUFFIX = /,\s*([xdbcuf])\s*$/;

/** Splits `rax,d` into the expression and its format. */
export function splitFormat(text: string): {
  readonly expression: string;
  readonly format?: Format;
} {
  const format = SUFFIX.exec(text)?.[1] as Format | undefined;
  return format ? { expression: text.replace(SUFFIX, ''), format } : { expression: text };
}

/** How a value is written that nobody wants otherwise: hexadecimal, but numbers with a sign or a fraction as such. */
export function naturalFormat({ real, signed, lanes }: Written, hex = true): Format {
  if (real ?? lanes?.kind === 'float') return 'f';
  return signed !== undefined || lanes?.kind === 'signed' ? 'd' : hex ? 'x' : 'u';
}

/** A value as text. `d` is signed within the value's width, `u` unsigned. */
export function formatValue(written: Written, format = naturalFormat(written)): string {
  const { value, width, real, signed, lanes } = written;
  if (lanes) {
    const bits = lanes.bits;
    return lanesText(value, width ?? 0, lanes, (lane) =>
      formatBits(lane, bits, format, REALS[bits]),
    );
  }
  if (real) {
    const decimal = format === 'd' || format === 'u';
    return formatBits(value, real.format.width, decimal ? 'f' : format, real.format);
  }
  if (signed !== undefined && format !== 'd') {
    return formatBits(BigInt.asUintN(signed, value), signed, format, REALS[signed]);
  }
  return formatBits(value, width, format, REALS[width ?? 0]);
}

/** The formats of floating-point numbers by their width. */
const REALS: Readonly<Record<number, RealFormat>> = { 32: SINGLE, 64: DOUBLE, 80: EXTENDED };

function formatBits(
  value: bigint,
  width: number | undefined,
  format: Format,
  real: RealFormat | undefined,
): string {
  switch (format) {
    case 'x':
      return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
    case 'f':
      return real ? realText(real, value) : signedText(value, width);
    case 'd':
      return signedText(value, width);
    case 'u':
      return String(width === undefined ? value : BigInt.asUintN(width, value));
    case 'b':
      return binary(width === undefined ? BigInt.asUintN(64, value) : value, width ?? 0);
    case 'c':
      return characters(BigInt.asUintN(width ?? 64, value), width);
  }
}

const signedText = (value: bigint, width: number | undefined): string =>
  String(width === undefined ? value : BigInt.asIntN(width, value));

/** In groups of four: 0b1010_0001. */
function binary(value: bigint, width: number): string {
  const digits = value.toString(2).padStart(Math.max(width, 1), '0');
  const padded = digits.padStart(Math.ceil(digits.length / 4) * 4, '0');
  return `0b${padded.replace(/(?<=.)(?=(?:.{4})+$)/g, '_')}`;
}

/** Bytes from the lowest up, as they lie in memory; what cannot be shown is a dot. */
function characters(value: bigint, width: number | undefined): string {
  const bytes =
    width === undefined ? Math.max(1, Math.ceil(value.toString(16).length / 2)) : width / 8;
  const text = Array.from({ length: bytes }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn))
    .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.'))
    .join('');
  return `'${text}'`;
}
