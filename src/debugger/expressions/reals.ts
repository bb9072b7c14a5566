import * as l10n from '@vscode/l10n';
import {
  add,
  divide,
  DOUBLE,
  Environment,
  EXTENDED,
  multiply,
  SINGLE,
  subtract,
  unpack,
  type Format,
  type Unpacked,
} from '../../processor/floating-point';
import {
  converted,
  nanOf,
  order,
  realOf,
  realOfInteger,
  realText,
  wholeOf,
} from '../numbers/reals';
import type { BinaryOperator } from './ast';
import { ExpressionError } from './error';
import { truth, type Value } from './value';

/**
 * Floating-point numbers in expressions. Constants take the format of what they meet, as plain whole
 * numbers take its width: `xmm0.f32[0] == 0.1` asks for the float nearest to 0.1. Comparisons are exact,
 * also with whole numbers and across formats; sums and products have the wider format and are rounded to
 * it, to nearest. Where a whole number is needed, a number with a fraction is refused.
 */

const TYPES: readonly (readonly [Format, string])[] = [
  [SINGLE, 'float'],
  [DOUBLE, 'double'],
  [EXTENDED, 'x87 number'],
];

/** What people call numbers of a format. */
export const realType = (format: Format): string =>
  TYPES.find(([known]) => known === format)?.[1] ?? 'number';

/** A number of a format, by its encoding. */
export const realValue = (format: Format, bits: bigint): Value => ({
  value: bits,
  width: format.width,
  type: realType(format),
  real: { format },
});

/** A number that has no format of its own, by what it is in each. */
function plainReal(encoded: (format: Format) => bigint): Value {
  const real = { format: EXTENDED, in: encoded };
  return { value: encoded(EXTENDED), width: undefined, type: 'number', real };
}

/** `1.5`, as it stands in an expression. */
export const constantReal = (text: string): Value => plainReal((format) => realOf(text, format));

/** `inf`, and `nan` with its bits below the exponent; undefined for other names. */
export function namedReal(name: string): Value | undefined {
  const lower = name.toLowerCase();
  if (lower === 'inf') return plainReal((format) => format.infinity);
  return lower === 'nan' ? nanValue(0n) : undefined;
}

export const nanValue = (payload: bigint): Value => plainReal((format) => nanOf(format, payload));

/** The encoding in a format of whatever number. @throws ExpressionError where there is none */
export function encodingIn(format: Format, value: Value, column: number): bigint {
  mustBeThere(value, column);
  const { real } = value;
  if (!real) return realOfInteger(value.value, format);
  return real.in ? real.in(format) : converted(real.format, format, value.value);
}

function mustBeThere({ missing }: Value, column: number): void {
  if (missing) throw new ExpressionError(missing(), column);
}

/** The whole number that a value is. @throws ExpressionError where it has a fraction, or is no number */
export function wholeNumber(value: Value, column: number): bigint {
  mustBeThere(value, column);
  const { real, value: bits } = value;
  if (!real) return bits;
  const whole = wholeOf(real.format, bits);
  if (whole !== undefined) return whole;
  throw new ExpressionError(l10n.t('{0} is no whole number', realText(real.format, bits)), column);
}

/** Whether it counts as true: it is not 0; a NaN is not, either. */
export function isTrue(value: Value, column: number): boolean {
  mustBeThere(value, column);
  const { real, value: bits } = value;
  return real ? unpack(real.format, bits).kind !== 'zero' : bits !== 0n;
}

/** -x of a floating-point number: another sign. */
export function negatedReal(value: Value, column: number): Value {
  mustBeThere(value, column);
  const { in: encoded, format = EXTENDED } = value.real ?? {};
  if (encoded) return plainReal((wanted) => encoded(wanted) ^ wanted.sign);
  return realValue(format, value.value ^ format.sign);
}

type Arithmetic = (format: Format, a: bigint, b: bigint, env: Environment) => bigint;
const ARITHMETIC: Readonly<Partial<Record<BinaryOperator, Arithmetic>>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
};

type Comparison = (order: number | undefined) => boolean;
const COMPARISON: Readonly<Partial<Record<BinaryOperator, Comparison>>> = {
  '==': (found) => found === 0,
  '!=': (found) => found !== 0,
  '<': (found) => found !== undefined && found < 0,
  '<=': (found) => found !== undefined && found <= 0,
  '>': (found) => found !== undefined && found > 0,
  '>=': (found) => found !== undefined && found >= 0,
};

/** Applies an operator of which one operand at least is a floating-point number. */
export function applyToReals(operator: BinaryOperator, a: Value, b: Value, column: number): Value {
  mustBeThere(a, column);
  mustBeThere(b, column);
  const format = commonFormat(a, b);
  const compare = COMPARISON[operator];
  if (compare) return truth(compare(order(exact(a, format), exact(b, format))));
  const compute = ARITHMETIC[operator];
  if (!compute) throw wholeOnly(operator, column);
  const env = new Environment();
  const bits = compute(
    format ?? EXTENDED,
    encodingIn(format ?? EXTENDED, a, column),
    encodingIn(format ?? EXTENDED, b, column),
    env,
  );
  return format ? realValue(format, bits) : plainReal((to) => converted(EXTENDED, to, bits));
}

/** For operators that work on bits. */
export const wholeOnly = (operator: string, column: number): ExpressionError =>
  new ExpressionError(l10n.t('{0} works on whole numbers only', operator), column);

/** The wider of the formats that the operands have; undefined where all are plain. */
function commonFormat(a: Value, b: Value): Format | undefined {
  const formats = [a, b].flatMap(({ real }) => (real && !real.in ? [real.format] : []));
  return formats.sort((x, y) => y.width - x.width)[0];
}

/** A number as it is: constants with a fraction as the format has them, all others unrounded. */
function exact({ real, value }: Value, format: Format | undefined): Unpacked {
  if (real) {
    const own = real.in ? (format ?? EXTENDED) : real.format;
    return unpack(own, real.in ? real.in(own) : value);
  }
  const negative = value < 0n;
  return {
    kind: value === 0n ? 'zero' : 'finite',
    negative,
    significand: negative ? -value : value,
    exponent: 0,
    denormal: false,
    bits: value,
  };
}
