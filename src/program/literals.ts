import { isPackedDecimal } from './floats';

/** Number and string constants (NASM manual 3.4.1 to 3.4.3). */

const RADIX: Readonly<Record<string, number>> = {
  x: 16,
  h: 16,
  X: 16,
  H: 16,
  d: 10,
  t: 10,
  o: 8,
  q: 8,
  b: 2,
  y: 2,
};

const DIGITS: Readonly<Record<number, RegExp>> = {
  2: /^[01]+$/,
  8: /^[0-7]+$/,
  10: /^[0-9]+$/,
  16: /^[0-9a-f]+$/,
};

const PREFIX: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 10: '', 16: '0x' };

function parse(digits: string, radix: number): bigint | undefined {
  if (!DIGITS[radix]?.test(digits)) return undefined;
  return BigInt.asIntN(64, BigInt(PREFIX[radix] + digits));
}

/**
 * The value of an integer constant (`42`, `0x2a`, `2ah`, `$2a`, `0b101010`, `101010b`, `52q`), as a signed 64-bit
 * number, or undefined when it is none. Longer constants lose their upper bits, as in NASM.
 */
export function integerValue(source: string): bigint | undefined {
  const text = source.replace(/_/g, '').toLowerCase();
  if (text.startsWith('$')) return parse(text.slice(1), 16);
  const prefix = text[0] === '0' ? RADIX[text[1] ?? ''] : undefined;
  const suffix = RADIX[text[text.length - 1] ?? ''];
  if (prefix !== undefined && text.length === 2) return 0n;
  // Where both could be meant the larger radix is: 0bh is hexadecimal, and so is 0xb.
  if (suffix !== undefined && suffix > (prefix ?? 0)) return parse(text.slice(0, -1), suffix);
  if (prefix !== undefined) return parse(text.slice(2), prefix) ?? bySuffix(text, suffix);
  return parse(text, 10);
}

const bySuffix = (text: string, suffix: number | undefined): bigint | undefined =>
  suffix === undefined ? undefined : parse(text.slice(0, -1), suffix);

/** Whether a number token is a floating-point constant (NASM manual 3.4.6). */
export function isFloat(text: string): boolean {
  if (isPackedDecimal(text)) return true;
  if (/^0[xXhHbByYoOqQ]|^\$/.test(text)) return /[.pP]/.test(text);
  return /^(?:0[dDtT])?[0-9_]+\.[0-9_]*([eE][+-]?[0-9_]+)?$|^[0-9_]+[eE][+-]?[0-9_]+$/.test(text);
}

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  e: 27,
};

const UTF8 = new TextEncoder();

function unescape(text: string): number[] {
  const bytes: number[] = [];
  const unit = /\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[^])|[^\\]+/g;
  for (const [whole, escape] of text.matchAll(unit)) {
    if (escape === undefined) {
      bytes.push(...UTF8.encode(whole));
    } else if (/^[uU]./.test(escape)) {
      const point = parseInt(escape.slice(1), 16);
      bytes.push(...UTF8.encode(String.fromCodePoint(Math.min(point, 0x10ffff))));
    } else if (/^x./.test(escape)) {
      bytes.push(parseInt(escape.slice(1), 16));
    } else if (/^[0-7]/.test(escape)) {
      bytes.push(parseInt(escape, 8) & 0xff);
    } else {
      const known = ESCAPES[escape];
      if (known === undefined) bytes.push(...UTF8.encode(escape));
      else bytes.push(known);
    }
  }
  return bytes;
}

/** The bytes of a string token, quotes included in `text`. Only backquoted strings know escapes. */
export function stringBytes(text: string): Uint8Array {
  const inner = text.slice(1, -1);
  return text.startsWith('`') ? Uint8Array.from(unescape(inner)) : UTF8.encode(inner);
}

/** A string as a character constant: its first eight bytes, little-endian (NASM manual 3.4.3). */
export function characterValue(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = Math.min(bytes.length, 8) - 1; i >= 0; i--)
    value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return BigInt.asIntN(64, value);
}

/** A string token's text for text, quoted so that it reads back as the same. */
export function quote(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  if (!text.includes('"')) return `"${text}"`;
  return '`' + text.replace(/[\\`]/g, '\\$&') + '`';
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true });

/** A string token's text for bytes, which need not be UTF-8: a part of a string may end within a character. */
export function quoteBytes(bytes: Uint8Array): string {
  try {
    return quote(STRICT_UTF8.decode(bytes));
  } catch {
    const escaped = Array.from(bytes, (b) => `\\x${b.toString(16).padStart(2, '0')}`);
    return '`' + escaped.join('') + '`';
  }
}
