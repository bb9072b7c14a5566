import * as l10n from '@vscode/l10n';
import { describeVector } from '../../isa/exceptions';
import { symbolAt } from '../../debugger/places/program-place';
import type { StopReason } from '../../debugger/run/stop';
import { whereIs, whereText } from '../../debugger/places/where';
import { isException, type DeliveredEvent, type RaisedEvent } from '../../debugger/trace/event-log';
import { chainText, exceptionText } from '../../debugger/words/faults';
import type { Target, World } from '../../debugger/target';
import { abortText, failureWords } from '../../debugger/techniques';

/** A stop in the protocol's words. */
export interface StopText {
  /** A reason of the protocol. */
  readonly reason: string;
  /** For the call-stack view. */
  readonly description: string;
  /** More, for the editor. */
  readonly text?: string;
}

/** What to tell of a stop. */
export function stopText(reason: StopReason, target: Target): StopText {
  switch (reason.kind) {
    case 'entry':
      return { reason: 'entry', description: l10n.t('Paused on entry') };
    case 'step':
      return { reason: 'step', description: l10n.t('Paused on step') };
    case 'pause':
      return { reason: 'pause', description: l10n.t('Paused') };
    case 'goto':
      return { reason: 'goto', description: l10n.t('Paused after a jump') };
    case 'same-place':
      return { reason: 'step', description: l10n.t('Paused at the same place') };
    case 'arrived':
      return { reason: 'goto', description: l10n.t('Paused at a moment of the recording') };
    case 'beginning':
      return { reason: 'step', description: l10n.t('Paused where the recording begins') };
    case 'breakpoint':
      return { reason: 'breakpoint', description: l10n.t('Paused on breakpoint') };
    default:
      return { reason: 'exception', ...exceptionStopText(reason, target) };
  }
}

/** Stops that the protocol knows as exceptions. */
export type ExceptionStop = Exclude<
  StopReason,
  {
    kind:
      'entry' | 'step' | 'pause' | 'beginning' | 'arrived' | 'goto' | 'same-place' | 'breakpoint';
  }
>;

function exceptionStopText(reason: ExceptionStop, target: Target): Omit<StopText, 'reason'> {
  switch (reason.kind) {
    case 'vm-exit': {
      const { last } = target.trace;
      const text = last ? target.technique.exits.title(last) : l10n.t('VM exit');
      return { description: text, text };
    }
    case 'raised':
      return raisedText(reason.event, target);
    case 'guest-exception':
      return deliveredText(reason.event, target);
    case 'guest-failure':
      return {
        description: l10n.t('The guest cannot go on'),
        text: failureWords(reason.failure, target.technique.exits),
      };
    case 'entry-failure':
      return {
        description: l10n.t('VM entry failed'),
        text: entryFailureText(failureWords(reason.failure, target.technique.exits), target),
      };
    case 'triple-fault': {
      const world = reason.inGuest ? target.guestWorld : target.code;
      const text = chainText(reason.chain, placeText(target, world));
      return { description: l10n.t('Triple fault'), text };
    }
    case 'vmx-abort': {
      const text = abortText(reason.indicator);
      return { description: l10n.t('VMX abort'), text };
    }
    case 'not-implemented': {
      const address = `0x${reason.address.toString(16)}`;
      const text = l10n.t('not implemented: {0} at {1}', reason.what, address);
      return { description: text, text };
    }
    case 'internal-error': {
      const first = reason.message.split('\n')[0] ?? '';
      return { description: l10n.t('Internal error of the simulator'), text: first };
    }
  }
}

/** At the instruction that raises an event: an exception with its reason, or a vector that leads nowhere. */
function raisedText(event: RaisedEvent, target: Target): Omit<StopText, 'reason'> {
  const place = placeText(target, target.code);
  const vector = `0x${event.vector.toString(16)}`;
  const exception = isException(event);
  const name = exception ? describeVector(event.vector) : l10n.t('Interrupt {0}', vector);
  const first = exception ? exceptionText(event, place) : l10n.t('{0} at {1}', name, place);
  if (!event.emptyVector) return { description: name, text: first };
  const nowhere = l10n.t(
    'Vector {0} is 0000:0000: there is no handler. The program would go on in the vector table.',
    vector,
  );
  return { description: l10n.t('{0}: no handler', name), text: `${first}\n${nowhere}` };
}

function deliveredText(event: DeliveredEvent, target: Target): Omit<StopText, 'reason'> {
  const from = symbolAt(target, event.from) ?? `0x${event.from.toString(16)}`;
  return { description: describeVector(event.vector), text: exceptionText(event, from) };
}

function placeText(known: Target, { registers, memory }: World): string {
  return whereText(whereIs({ registers, memory, known }));
}

/** Each check that failed, with what was found and what is allowed. */
export function entryFailureText(message: string, target: Target): string {
  const { entryFailures } = target.technique;
  return [
    message,
    ...entryFailures.map(({ found, allowed }) => l10n.t('{0}: {1}', found, allowed)),
  ].join('\n');
}
