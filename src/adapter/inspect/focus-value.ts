import {
  describeError,
  evaluate,
  ExpressionError,
  guestContext,
  splitFormat,
  wholeNumber,
  worldContext,
} from '../../debugger/expressions';
import type { Target } from '../../debugger/target';

/** The value of an expression on one side, for the custom views. @throws RangeError with a message for people */
export function focusValue(target: Target, text: string, focus: 'guest' | 'host'): bigint {
  const { hostWorld } = target;
  const world =
    focus === 'host' && hostWorld ? worldContext(target, hostWorld) : guestContext(target);
  try {
    return wholeNumber(evaluate(splitFormat(text).expression, world), 1);
  } catch (error) {
    if (error instanceof ExpressionError) throw new RangeError(describeError(error));
    throw error;
  }
}
