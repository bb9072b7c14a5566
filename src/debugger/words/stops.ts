import * as l10n from '@vscode/l10n';
import { describeVector } from '../../isa/exceptions';
import { symbolAt } from '../places/program-place';
import { whereIs, whereText } from '../places/where';
import type { StopReason } from '../run/stop';
import type { Target, World } from '../target';
import { abortText, failureWords } from '../techniques';
import { isException, type DeliveredEvent, type RaisedEvent } from '../trace/event-log';
import { chainText, exceptionText } from './faults';

/** Stops that nobody has asked for at this place, in words. */

/** Stops that somebody has asked for, or that say all by their kind. */
const PLAIN = [
  'entry',
  'step',
  'pause',
  'beginning',
  'goto',
  'same-place',
  'breakpoint',
  'data-breakpoint',
  'arrived',
  'recorded',
  'astray',
  'writer',
  'next-writer',
  'no-writer',
  'no-moment',
] as const;

/** Stops that protocols know as exceptions. */
export type ExceptionStop = Exclude<StopReason, { kind: (typeof PLAIN)[number] }>;

export const isExceptionStop = (reason: StopReason): reason is ExceptionStop =>
  !(PLAIN as readonly StopReason['kind'][]).includes(reason.kind);

/** A stop in a person's language. */
export interface StopWords {
  /** In a few words. */
  readonly description: string;
  /** More, perhaps of several lines. */
  readonly text: string;
}

/** What to tell of such a stop. */
export function exceptionStopText(reason: ExceptionStop, target: Target): StopWords {
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
function raisedText(event: RaisedEvent, target: Target): StopWords {
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

function deliveredText(event: DeliveredEvent, target: Target): StopWords {
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
