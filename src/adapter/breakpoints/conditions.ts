import * as l10n from '@vscode/l10n';
import type { Condition } from '../../debugger/run/reaction';
import {
  compile,
  compileMessage,
  describeError,
  ExpressionError,
  guestContext,
  isTrue,
  presentContext,
} from '../../debugger/expressions';
import type { SessionContext } from '../context';

/**
 * The condition that a text is. Where it cannot be evaluated it holds, and the user is told why: a stop too
 * many is better than one that never comes; unless somebody else says what then. At a VM exit, plain register names mean the guest's.
 *
 * @throws ExpressionError when the text is no expression
 */
export function conditionOf(
  context: SessionContext,
  text: string,
  otherwise = (error: ExpressionError) => tellFailure(context, text, error),
): Condition {
  const expression = compile(text);
  return () => {
    const { target } = context.debuggee;
    const atOperation = (target.monitor?.activity?.done.length ?? 0) > 0;
    const world = atOperation ? presentContext(target) : guestContext(target);
    try {
      return isTrue(expression(world), 1);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return otherwise(error);
    }
  };
}

function tellFailure(context: SessionContext, text: string, error: ExpressionError): boolean {
  const why = describeError(error);
  const told = l10n.t('The condition "{0}" cannot be evaluated: {1}', text, why);
  context.print(`${told}\n`, 'important');
  return true;
}

/** The message of a log point, with its expressions evaluated where the guest stands. */
export function messageOf(context: SessionContext, template: string): () => string {
  const message = compileMessage(template);
  return () => message(presentContext(context.debuggee.target));
}
