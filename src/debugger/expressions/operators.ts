import * as l10n from '@vscode/l10n';
import type { BinaryOperator, UnaryOperator } from './ast';
import { ExpressionError } from './error';
import { applyToReals, isTrue, negatedReal, wholeOnly } from './reals';
import { fit, plain, truth, type Value, type Width } from './value';

/**
 * Results are as wide as the wider operand and wrap there, as the register would; only bytes count as
 * 32 bits. Plain numbers take the width of the other operand, or the smallest that holds them.
 */
export function resultWidth(a: Value, b: Value): Width | undefined {
  const widths = [a, b].flatMap(({ width }) => (width === undefined ? [] : [width]));
  if (widths.length === 0) return undefined;
  const widest = Math.max(...widths, ...[a, b].map(neededBits));
  if (widest > 64) return widest > 128 ? 256 : 128;
  return widest > 32 ? 64 : widest === 16 ? 16 : 32;
}

function neededBits({ value, width }: Value): number {
  if (width !== undefined || value < 0n) return 0;
  if (value < 0x10000n) return 0;
  return [32, 64, 128].find((bits) => value >> BigInt(bits) === 0n) ?? 256;
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
/** Shifts of plain numbers by more would only fill memory. */
const LONGEST_SHIFT = 4096n;
/** Longer numbers are worth nothing to anybody, and cost time. */
const LONGEST_NUMBER = 8192;

/** Applies an operator. `&&` and `||` are not here: they decide whether the right side is looked at. */
export function applyBinary(
  operator: Exclude<BinaryOperator, '&&' | '||'>,
  a: Value,
  b: Value,
  column: number,
): Value {
  if (a.real ?? b.real ?? a.missing ?? b.missing) return applyToReals(operator, a, b, column);
  if (COMPARISONS.has(operator)) return compare(operator, a, b);
  const width = operator === '<<' || operator === '>>' ? shiftWidth(a) : resultWidth(a, b);
  const [x, y] =
    width === undefined ? [a.value, b.value] : [fit(a.value, width), fit(b.value, width)];
  const value = arithmetic(
    operator,
    x,
    operator === '<<' || operator === '>>' ? b.value : y,
    column,
  );
  if (width === undefined) return plain(bounded(value, column));
  return { value: fit(value, width), width, type: 'number' };
}

/** Plain numbers have no width to wrap at. */
function bounded(value: bigint, column: number): bigint {
  if (BigInt.asIntN(LONGEST_NUMBER, value) === value) return value;
  throw new ExpressionError(l10n.t('the number has more than {0} bits', LONGEST_NUMBER), column);
}

/** Equal widths compare as the unsigned numbers they are; a plain -1 becomes all ones of the other's width. */
function compare(operator: string, a: Value, b: Value): Value {
  const x = a.width === undefined && a.value < 0n ? fit(a.value, b.width) : a.value;
  const y = b.width === undefined && b.value < 0n ? fit(b.value, a.width) : b.value;
  switch (operator) {
    case '==':
      return truth(x === y);
    case '!=':
      return truth(x !== y);
    case '<':
      return truth(x < y);
    case '<=':
      return truth(x <= y);
    case '>':
      return truth(x > y);
    default:
      return truth(x >= y);
  }
}

function shiftWidth({ width }: Value): Width | undefined {
  return width === 8 ? 32 : width === 80 ? 128 : width;
}

function arithmetic(operator: string, x: bigint, y: bigint, column: number): bigint {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '&':
      return x & y;
    case '|':
      return x | y;
    case '^':
      return x ^ y;
    case '<<':
    case '>>':
      if (y < 0n || y > LONGEST_SHIFT) {
        throw new ExpressionError(l10n.t('a shift by {0} bits makes no sense', String(y)), column);
      }
      return operator === '<<' ? x << y : x >> y;
    default:
      if (y === 0n) throw new ExpressionError(l10n.t('division by zero'), column);
      return operator === '/' ? x / y : x % y;
  }
}

export function applyUnary(operator: UnaryOperator, operand: Value, column: number): Value {
  if (operand.real ?? operand.missing) return applyToReal(operator, operand, column);
  const { value } = operand;
  const width = shiftWidth(operand);
  const make = (result: bigint): Value => ({ value: fit(result, width), width, type: 'number' });
  switch (operator) {
    case '-':
      return make(-value);
    case '~':
      return make(~value);
    case '!':
      return truth(value === 0n);
    default:
      return make(value);
  }
}

function applyToReal(operator: UnaryOperator, operand: Value, column: number): Value {
  switch (operator) {
    case '-':
      return negatedReal(operand, column);
    case '!':
      return truth(!isTrue(operand, column));
    case '+':
      return operand;
    case '~':
      throw wholeOnly(operator, column);
  }
}
