import * as l10n from '@vscode/l10n';
import {
  describeError,
  evaluate,
  ExpressionError,
  guestContext,
  presentContext,
} from '../debugger/expressions';
import type { SessionContext } from './context';

/**
 * Whether a condition holds now. One that cannot be evaluated holds, and the user is told why: a stop too
 * many is better than one that never comes. At a VM exit, plain register names mean the guest's.
 */
export function holdsNow(context: SessionContext, condition: string | undefined): boolean {
  if (!condition) return true;
  const { target } = context.debuggee;
  const atOperation = (target.monitor?.activity?.done.length ?? 0) > 0;
  const world = atOperation ? presentContext(target) : guestContext(target);
  try {
    return evaluate(condition, world).value !== 0n;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const text = l10n.t(
      'The condition "{0}" cannot be evaluated: {1}',
      condition,
      describeError(error),
    );
    context.print(`${text}\n`, 'important');
    return true;
  }
}
