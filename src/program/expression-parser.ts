import * as l10n from '@vscode/l10n';
import { unexpected, type Cursor } from './cursor';
import { SourceError } from './diagnostics';
import { PRECEDENCE, type BinaryOperator, type Expression, type UnaryOperator } from './expression';
import { isPackedDecimal, type FormatName } from './floats';
import { integerValue, isFloat, stringBytes } from './literals';
import type { Token } from './tokens';
import { registerOf } from './x86/registers';

/** Parentheses and unary operators may nest this deep; more would exhaust the stack. */
const MAX_DEPTH = 400;

/** One expression may have so many operators; each is a level of its tree. */
const MAX_OPERATORS = 2000;

const LEVEL_OF = new Map<string, number>();
PRECEDENCE.forEach((operators, level) => {
  for (const operator of operators) LEVEL_OF.set(operator, level);
});

interface FloatFunction {
  readonly format: FormatName;
  readonly part?: 'low' | 'high';
}

const FLOAT_FUNCTIONS: Readonly<Record<string, FloatFunction>> = {
  float8: { format: 'quarter' },
  float16: { format: 'half' },
  bfloat16: { format: 'bfloat' },
  float32: { format: 'single' },
  float64: { format: 'double' },
  float80m: { format: 'extended', part: 'low' },
  float80e: { format: 'extended', part: 'high' },
  float128l: { format: 'quad', part: 'low' },
  float128h: { format: 'quad', part: 'high' },
};

const FLOAT_WORDS = new Set(['infinity', 'nan', 'qnan', 'snan']);

/** `__name__` and `__?name?__` both mean name (NASM manual 3.4.4). */
export function builtinName(text: string): string | undefined {
  const match = /^__\??([A-Za-z][A-Za-z0-9]*)\??__$/.exec(text);
  return match?.[1]?.toLowerCase();
}

/** Parses one expression at the cursor (NASM manual 3.5). */
export function parseExpression(cursor: Cursor): Expression {
  return new ExpressionParser(cursor).parse();
}

class ExpressionParser {
  private depth = 0;
  private operators = 0;

  constructor(private readonly cursor: Cursor) {}

  parse(): Expression {
    const test = this.binary(0);
    const question = this.cursor.token;
    if (question?.text !== '?') return test;
    this.enter();
    this.cursor.index++;
    const then = this.parse();
    this.cursor.expectOp(':');
    const otherwise = this.parse();
    this.depth--;
    return { kind: 'conditional', test, then, otherwise, span: question };
  }

  private enter(): void {
    if (++this.depth > MAX_DEPTH) {
      throw new SourceError(
        l10n.t('this expression is nested more than {0} levels deep', MAX_DEPTH),
        this.cursor.span,
      );
    }
  }

  /** Precedence climbing: operands of operators of at least `level`. */
  private binary(level: number): Expression {
    let left = this.unary();
    for (;;) {
      const token = this.cursor.token;
      const own = token?.kind === 'op' ? LEVEL_OF.get(token.text) : undefined;
      if (!token || own === undefined || own < level) break;
      this.enter();
      if (++this.operators > MAX_OPERATORS) {
        throw new SourceError(
          l10n.t('this expression has more than {0} operators', MAX_OPERATORS),
          token,
        );
      }
      this.cursor.index++;
      const right = this.binary(own + 1);
      this.depth--;
      const span = {
        ...token,
        column: Math.min(left.span.column, token.column),
        endColumn: Math.max(token.endColumn, right.span.endColumn),
      };
      left = { kind: 'binary', operator: token.text as BinaryOperator, left, right, span };
    }
    return left;
  }

  private unary(): Expression {
    const { cursor } = this;
    const token = cursor.token;
    if (!token) throw new SourceError(l10n.t('an expression is missing here'), cursor.span);
    const word = token.kind === 'id' ? token.text.toLowerCase() : token.text;
    if ((token.kind === 'op' && /^[-+~!]$/.test(word)) || word === 'seg') {
      this.enter();
      cursor.index++;
      const operand = this.unary();
      this.depth--;
      if (word === '-' && operand.kind === 'float')
        return { ...operand, negative: !operand.negative };
      if (word === '+' && operand.kind === 'float') return operand;
      return { kind: 'unary', operator: word as UnaryOperator, operand, span: token };
    }
    const operand = this.primary(token);
    if (cursor.word !== 'wrt') return operand;
    const span = cursor.span;
    this.enter();
    cursor.index++;
    const right = this.unary();
    this.depth--;
    return { kind: 'binary', operator: 'wrt', left: operand, right, span };
  }

  private primary(token: Token): Expression {
    const { cursor } = this;
    cursor.index++;
    switch (token.kind) {
      case 'number':
        return this.number(token);
      case 'string':
        return { kind: 'string', bytes: stringBytes(token.text), span: token };
      case 'id':
        return this.identifier(token);
      case 'op':
        if (token.text === '$') return { kind: 'here', span: token };
        if (token.text === '$$') return { kind: 'start', span: token };
        if (token.text === '(') {
          this.enter();
          const inner = this.parse();
          cursor.expectOp(')');
          this.depth--;
          // In parentheses a string is a number like any other expression.
          return inner.kind === 'string'
            ? { kind: 'unary', operator: '+', operand: inner, span: token }
            : inner;
        }
        break;
      default:
        break;
    }
    cursor.index--;
    throw new SourceError(
      token.kind === 'op'
        ? l10n.t('expected a value here, found `{0}`', token.text)
        : unexpected(token),
      token,
    );
  }

  private number(token: Token): Expression {
    if (isFloat(token.text))
      return { kind: 'float', text: token.text, negative: false, span: token };
    const value = integerValue(token.text);
    if (value === undefined) {
      throw new SourceError(
        l10n.t(
          '`{0}` is not a number (hexadecimal is written 0x1f or 1fh with a leading digit, binary 0b101)',
          token.text,
        ),
        token,
      );
    }
    return { kind: 'number', value, span: token };
  }

  private identifier(token: Token): Expression {
    const escaped = token.text.startsWith('$');
    const name = escaped ? token.text.slice(1) : token.text;
    const register = escaped ? undefined : registerOf(name.toLowerCase());
    if (register !== undefined) return { kind: 'register', register, span: token };
    const builtin = name.startsWith('__') ? builtinName(name) : undefined;
    if (builtin !== undefined) {
      if (FLOAT_WORDS.has(builtin))
        return { kind: 'float', text: builtin, negative: false, span: token };
      const call = this.call(builtin, token);
      if (call) return call;
    }
    return { kind: 'symbol', name, span: token };
  }

  private argument(): Expression {
    const { cursor } = this;
    if (!cursor.skipOp('(')) return this.unary();
    const inner = this.parse();
    cursor.expectOp(')');
    return inner;
  }

  private call(name: string, token: Token): Expression | undefined {
    const float = FLOAT_FUNCTIONS[name];
    const encoding = /^utf(16|32)(le|be)?$/.exec(name);
    if (!float && !encoding && !/^ilog2[efwc]?$/.test(name)) return undefined;
    this.enter();
    // Without parentheses it is an operator like any other.
    const inner = this.argument();
    this.depth--;
    if (float) {
      if (inner.kind !== 'float' || isPackedDecimal(inner.text))
        throw new SourceError(l10n.t('`{0}` needs a floating-point constant', token.text), token);
      return { ...inner, ...float, span: token };
    }
    if (encoding) {
      if (inner.kind !== 'string')
        throw new SourceError(l10n.t('`{0}` needs a string', token.text), token);
      const width = encoding[1] === '16' ? 2 : 4;
      return {
        kind: 'string',
        bytes: recode(inner.bytes, width, encoding[2] === 'be'),
        span: token,
      };
    }
    const operator = name === 'ilog2c' ? 'ilog2c' : 'ilog2';
    return { kind: 'unary', operator, operand: inner, span: token };
  }
}

/** NASM 2.16 writes the halves of a big-endian surrogate pair the wrong way round. */
function placeOf(units: readonly number[], i: number, big: boolean): number {
  const kind = (units[i] ?? 0) & 0xfc00;
  if (!big || (kind !== 0xd800 && kind !== 0xdc00)) return i;
  return kind === 0xd800 ? i + 1 : i - 1;
}

/** A UTF-8 string as UTF-16 or UTF-32, as `__utf16__` and `__utf32__` give it. */
function recode(bytes: Uint8Array, width: 2 | 4, big: boolean): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const units =
    width === 2
      ? Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
      : Array.from(text, (c) => c.codePointAt(0) ?? 0);
  const out = new DataView(new ArrayBuffer(units.length * width));
  units.forEach((unit, i) => {
    if (width === 2) out.setUint16(placeOf(units, i, big) * 2, unit, !big);
    else out.setUint32(i * 4, unit, !big);
  });
  return new Uint8Array(out.buffer);
}
