import * as l10n from '@vscode/l10n';
import { characterValue, integerValue, stringBytes } from '../../program';
import { ExpressionError } from './error';

export type TokenKind = 'number' | 'real' | 'name' | 'operator' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Of a number. */
  readonly value: bigint;
  /** From 1. */
  readonly column: number;
}

// Sticky: each begins exactly where it is asked to, and looks at nothing behind its token.
const NUMBER = /[0-9][0-9A-Za-z_]*/y;
/** A number with a point or an exponent; `1e3h` and `0x1e+3` are whole ones. */
const REAL =
  /\d[\d_]*(?:\.[\d_]*(?:e[+-]?\d[\d_]*)?|e[+-]?\d[\d_]*)(?![\w.])|0x[\da-f_]+(?:\.[\da-f_]*)?p[+-]?\d+(?!\w)/iy;
/** Numbers that are longer than 64 bits; the assembler would cut them off. */
const LONG = /^(?:0x[\da-f]{17,}|\d{20,})$/i;
const MOST_BITS = 256;
/** Names may hold dots: `main.loop`, `vmcs.guest_cr3`; a leading `$` keeps a symbol from being a register. */
const NAME = /\$?[A-Za-z_.@][\w.@~#]*|\$\$?/y;
const QUOTED = /'[^']*'|"[^"]*"|`(?:[^`\\]|\\.)*`/y;

const OPERATOR = /<<|>>|[=!<>]=|<>|&&|\|\||[-+*/%&|^~!<>()[\]?:=,]/y;
const SPACE = /\s*/y;

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

/**
 * Cuts an expression into tokens.
 *
 * @throws ExpressionError for characters that belong to nothing
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(SPACE, source, at)?.length ?? 0;
    const token = tokenAt(source, at);
    tokens.push(token);
    if (token.kind === 'end') return tokens;
    at += token.text.length;
  }
}

function tokenAt(source: string, at: number): Token {
  const column = at + 1;
  const make = (kind: TokenKind, text: string, value = 0n): Token => ({
    kind,
    text,
    value,
    column,
  });
  if (at >= source.length) return make('end', '');
  const real = matchAt(REAL, source, at);
  if (real !== undefined) return make('real', real);
  const number = matchAt(NUMBER, source, at);
  if (number !== undefined) return make('number', number, numberValue(number, column));
  const quoted = matchAt(QUOTED, source, at);
  if (quoted !== undefined) return make('number', quoted, characterValue(stringBytes(quoted)));
  const name = matchAt(NAME, source, at);
  if (name !== undefined) return make('name', name);
  const operator = matchAt(OPERATOR, source, at);
  if (operator !== undefined) return make('operator', operator);
  const character = source[at] ?? '';
  if (/['"`]/.test(character)) throw new ExpressionError(l10n.t('the string has no end'), column);
  throw new ExpressionError(l10n.t('unexpected character {0}', character), column);
}

function numberValue(text: string, column: number): bigint {
  const digits = text.replaceAll('_', '');
  if (LONG.test(digits)) return longValue(text, BigInt(digits), column);
  // NASM takes a prefix without digits for 0; here somebody is still typing.
  const value = /^0[a-z]$/i.test(text) ? undefined : integerValue(text);
  if (value === undefined) throw new ExpressionError(l10n.t('{0} is no number', text), column);
  return BigInt.asUintN(64, value);
}

function longValue(text: string, value: bigint, column: number): bigint {
  if (value >> BigInt(MOST_BITS) === 0n) return value;
  throw new ExpressionError(l10n.t('{0} does not fit in {1} bits', text, MOST_BITS), column);
}
