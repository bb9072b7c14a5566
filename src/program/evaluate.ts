import * as l10n from '@vscode/l10n';
import { SourceError, type Span } from './diagnostics';
import type { BinaryOperator, Expression } from './expression';
import { floatBits, signBit, special, type FormatName } from './floats';
import { characterValue } from './literals';
import {
  add,
  isKnown,
  isScalar,
  multiply,
  register,
  scalar,
  scaled,
  UNKNOWN,
  wrap,
  type Value,
} from './value';

/** What an expression's names stand for. */
export interface Scope {
  /** The value of a symbol; throws SourceError (with `span`) when there is none. */
  symbol(name: string, span: Span): Value;
  /** `$`: the address of this statement. */
  here(span: Span): Value;
  /** `$$`: the start of the current section. */
  start(span: Span): Value;
  /** Takes warnings about the expression. */
  warn?(message: string, span: Span): void;
}

const unsigned = (n: bigint): bigint => BigInt.asUintN(64, n);
const truth = (b: boolean): bigint => (b ? 1n : 0n);

function quotient(a: bigint, b: bigint, span: Span): [bigint, bigint] {
  if (b === 0n) throw new SourceError(l10n.t('division by zero'), span);
  return [a / b, a % b];
}

function compute(operator: BinaryOperator, a: bigint, b: bigint, span: Span): bigint {
  switch (operator) {
    case '||':
      return truth(a !== 0n || b !== 0n);
    case '^^':
      return truth((a !== 0n) !== (b !== 0n));
    case '&&':
      return truth(a !== 0n && b !== 0n);
    case '=':
    case '==':
      return truth(a === b);
    case '<>':
    case '!=':
      return truth(a !== b);
    // NASM looks at the sign of the difference, which may have wrapped.
    case '<':
      return truth(wrap(a - b) < 0n);
    case '<=':
      return truth(wrap(a - b) <= 0n);
    case '>':
    case '<=>':
      return truth(wrap(a - b) > 0n);
    case '>=':
      return truth(wrap(a - b) >= 0n);
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '&':
      return a & b;
    case '<<':
    case '<<<':
      // As the processor that NASM runs on, which looks at six bits of the count.
      return wrap(a << (b & 63n));
    case '>>':
      return wrap(unsigned(a) >> (b & 63n));
    case '>>>':
      return a >> (b & 63n);
    case '/':
      return wrap(quotient(unsigned(a), unsigned(b), span)[0]);
    case '%':
      return wrap(quotient(unsigned(a), unsigned(b), span)[1]);
    case '//':
      return wrap(quotient(a, b, span)[0]);
    case '%%':
      return wrap(quotient(a, b, span)[1]);
    default:
      throw new SourceError(l10n.t('`{0}` cannot be computed here', operator), span);
  }
}

function isLess(a: Value, b: Value): boolean {
  const difference = add(a, b, -1n);
  return isKnown(difference) && isScalar(difference) && difference.n < 0n;
}

const COMPARISONS = new Set<BinaryOperator>(['=', '==', '<>', '!=', '<', '<=', '>', '>=', '<=>']);

function binary(operator: BinaryOperator, a: Value, b: Value, span: Span, scope: Scope): Value {
  if (operator === '<=>' && isLess(a, b)) {
    // The result should be -1, which NASM 2.16 uses for itself to mean that a value is not known.
    scope.warn?.(
      l10n.t(
        'in NASM 2.16 `<=>` has no value when the left side is less, and counts as 0: use `<`',
      ),
      span,
    );
    return UNKNOWN;
  }
  if (operator === '+') return add(a, b);
  if (operator === '-') return add(a, b, -1n);
  if (operator === 'wrt') return a;
  if (operator === '*') {
    if (isScalar(a) || isScalar(b)) return multiply(a, b);
  } else if (COMPARISONS.has(operator) && !(isScalar(a) && isScalar(b))) {
    // Two labels of one section compare by their distance.
    const difference = add(a, b, -1n);
    if (isScalar(difference))
      return isKnown(difference) ? scalar(compute(operator, difference.n, 0n, span)) : UNKNOWN;
    if (operator === '=' || operator === '==') return scalar(0n);
    if (operator === '<>' || operator === '!=') return scalar(1n);
  }
  const known = isKnown(a) && isKnown(b);
  if (!isScalar(a) || !isScalar(b)) {
    throw new SourceError(
      l10n.t(
        'the operator `{0}` needs plain numbers, and the address of a label is known only when the image is laid out (use a difference such as `label - $$`)',
        operator,
      ),
      span,
    );
  }
  // A divisor that is not known yet counts as 1, so that the first pass can go on.
  const right = !isKnown(b) && b.n === 0n && /[/%]/.test(operator) ? 1n : b.n;
  return known ? scalar(compute(operator, a.n, right, span)) : UNKNOWN;
}

/** The bits of a floating-point constant, sign included. */
export function floatConstant(text: string, negative: boolean, format: FormatName): bigint {
  const bits =
    text === 'infinity'
      ? special('infinity', format)
      : text === 'snan'
        ? special('snan', format)
        : text === 'nan' || text === 'qnan'
          ? special('qnan', format)
          : floatBits(text, format);
  return negative ? bits | signBit(format) : bits;
}

/** The value of `expression`; throws SourceError where it has none. */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'number':
      return scalar(expression.value);
    case 'string':
      return scalar(characterValue(expression.bytes));
    case 'symbol':
      return scope.symbol(expression.name, expression.span);
    case 'register':
      return register(expression.register);
    case 'here':
      return scope.here(expression.span);
    case 'start':
      return scope.start(expression.span);
    case 'float':
      if (expression.format) {
        const { text, negative, format, part } = expression;
        const bits = floatConstant(text, negative, format);
        return scalar(wrap(part === 'high' ? bits >> 64n : bits));
      }
      throw new SourceError(
        l10n.t(
          'a floating-point constant can stand only in data (dd, dq, dt), or as `__float32__({0})`',
          expression.text,
        ),
        expression.span,
      );
    case 'unary':
      return unary(expression, scope);
    case 'binary': {
      const left = evaluate(expression.left, scope);
      const right = evaluate(expression.right, scope);
      return binary(expression.operator, left, right, expression.span, scope);
    }
    case 'conditional': {
      const test = evaluate(expression.test, scope);
      const chosen = evaluate(test.n !== 0n ? expression.then : expression.otherwise, scope);
      return isKnown(test) ? chosen : UNKNOWN;
    }
  }
}

/** The binary logarithm, rounded down or up; that of 0 is 0 (NASM manual 6.4). */
function logarithm(n: bigint, up: boolean): bigint {
  if (n === 0n) return 0n;
  const floor = BigInt(n.toString(2).length - 1);
  return up && 1n << floor !== n ? floor + 1n : floor;
}

function unary(expression: Extract<Expression, { kind: 'unary' }>, scope: Scope): Value {
  const { operator, span } = expression;
  const operand = evaluate(expression.operand, scope);
  if (operator === '+') return operand;
  if (operator === '-') return scaled(operand, -1n);
  if (operator === 'seg') {
    throw new SourceError(
      l10n.t('`seg` has no meaning in a flat image, which has no relocatable segments'),
      span,
    );
  }
  if (!isScalar(operand)) {
    throw new SourceError(l10n.t('the operator `{0}` needs a plain number', operator), span);
  }
  const n =
    operator === '~'
      ? ~operand.n
      : operator === '!'
        ? truth(operand.n === 0n)
        : logarithm(unsigned(operand.n), operator === 'ilog2c');
  return isKnown(operand) ? scalar(n) : UNKNOWN;
}
