import * as l10n from '@vscode/l10n';
import { wayValue } from './compiled';
import type { ExpressionContext } from './context';
import { ExpressionError } from './error';
import { assignTo, evaluateNode } from './evaluate';
import { formatValue, splitFormat } from './format';
import { parse } from './parser';
import { wholeNumber } from './reals';
import type { Value } from './value';

/** The one expression language of watch, hover, console, conditions, log messages and edits. */

export { ExpressionError } from './error';
export { formatValue, naturalFormat, splitFormat, type Format } from './format';
export {
  codeContext,
  guestContext,
  presentContext,
  worldBits,
  worldContext,
  type ExpressionContext,
} from './context';
export { helpText } from './help';
export { isTrue, wholeNumber } from './reals';
export { typeName } from './type-name';
export type { MemoryPlace, Value, Width } from './value';

/** An expression that has been read, to be evaluated as often as one likes. */
export type Compiled = (context: ExpressionContext) => Value;

/** @throws ExpressionError: the message says what is wrong; `column` counts from 1 */
export function compile(text: string): Compiled {
  const node = parse(text);
  return (context) => evaluateNode(node, context);
}

/**
 * Evaluates an expression.
 *
 * @throws ExpressionError: the message says what is wrong; `column` counts from 1
 */
export function evaluate(text: string, context: ExpressionContext): Value {
  return way(text, context) ?? compile(text)(context);
}

/**
 * Evaluates the text and writes its value to what `target` names: setVariable, setExpression.
 *
 * @returns the value that `target` has afterwards
 */
export function assignExpression(target: string, text: string, context: ExpressionContext): Value {
  const writable = { ...context, mayAssign: true };
  const value = evaluate(text, context);
  assignTo(evaluate(target, writable), value);
  return evaluate(target, writable);
}

/** `p->next`: what the language has no words for, but C. */
const way = (text: string, context: ExpressionContext): Value | undefined =>
  /[*&>[.(]/.test(text)
    ? wayValue(text, context, (index) => wholeNumber(evaluate(index, context), 1))
    : undefined;

/** A log message: what stands in braces is evaluated, `{rax,d}` with its format. */
export function compileMessage(template: string): (context: ExpressionContext) => string {
  // Texts and, between them, what stood in braces.
  const parts = template.split(/\{([^{}]*)\}/);
  const values = parts.map((part, n) => (n % 2 ? valueOf(part) : () => part));
  return (context) => values.map((value) => value(context)).join('');
}

/** The shown value of what stands in braces, or why it has none. */
function valueOf(text: string): (context: ExpressionContext) => string {
  const { expression, format } = splitFormat(text);
  const show = unlessWrong(() => {
    const value = compile(expression);
    return (context: ExpressionContext) => formatValue(value(context), format);
  });
  if (typeof show === 'string') return () => show;
  return (context) => unlessWrong(() => show(context));
}

function unlessWrong<T>(make: () => T): T | string {
  try {
    return make();
  } catch (error) {
    if (error instanceof ExpressionError) return `{${error.message}}`;
    throw error;
  }
}

/** The message of an error with its column, for people. */
export function describeError(error: ExpressionError): string {
  return error.column > 1 ? l10n.t('{0} (column {1})', error.message, error.column) : error.message;
}

/** @returns why a text is no expression, or undefined when it is one */
export function syntaxError(text: string): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return describeError(error);
    throw error;
  }
}
