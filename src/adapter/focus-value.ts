import {
  describeError,
  evaluate,
  ExpressionError,
  guestContext,
  splitFormat,
  type ExpressionContext,
} from '../debugger/expressions';
import type { Target } from '../debugger/target';

/** The value of an expression on one side, for the custom views. @throws RangeError with a message for people */
export function focusValue(target: Target, text: string, focus: 'guest' | 'host'): bigint {
  const { host } = target;
  const world: ExpressionContext =
    focus === 'host' && host
      ? { target, inMonitor: true, registers: host, memory: target.hostMemory, mayAssign: false }
      : guestContext(target);
  try {
    return evaluate(splitFormat(text).expression, world).value;
  } catch (error) {
    if (error instanceof ExpressionError) throw new RangeError(describeError(error));
    throw error;
  }
}
