import type { Value } from './value';

/** How a number is written: hexadecimal, decimal, binary, characters. */
export type Format = 'x' | 'd' | 'b' | 'c' | 'u';

const SUFFIX = /,\s*([xdbcu])\s*$/;

/** Splits `rax,d` into the expression and its format. */
export function splitFormat(text: string): {
  readonly expression: string;
  readonly format?: Format;
} {
  const format = SUFFIX.exec(text)?.[1] as Format | undefined;
  return format ? { expression: text.replace(SUFFIX, ''), format } : { expression: text };
}

/** A value as text. `d` is signed within the value's width, `u` unsigned. */
export function formatValue(
  { value, width }: Pick<Value, 'value' | 'width'>,
  format: Format = 'x',
): string {
  switch (format) {
    case 'x':
      return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
    case 'd':
      return String(width === undefined ? value : BigInt.asIntN(width, value));
    case 'u':
      return String(width === undefined ? value : BigInt.asUintN(width, value));
    case 'b':
      return binary(width === undefined ? BigInt.asUintN(64, value) : value, width ?? 0);
    case 'c':
      return characters(BigInt.asUintN(width ?? 64, value), width);
  }
}

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
