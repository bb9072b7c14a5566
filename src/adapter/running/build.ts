import * as l10n from '@vscode/l10n';
import { Debuggee, type DebuggeeEvents, type DebuggeeOptions } from '../../debugger/debuggee';
import { asleepText, endText } from '../../debugger/words/ends';
import type { Moment } from '../../session';
import { threadId, type SessionContext } from '../context';
import { breathe } from '../host';
import { RequestError } from '../request-error';
import type { LaunchSettings } from './launch-attributes';
import { Remarks } from './remarks';

/** A debuggee that has not begun yet. */
export interface Launched {
  readonly debuggee: Debuggee;
  readonly settings: Pick<LaunchSettings, 'noDebug' | 'stopOnEntry' | 'arrival'> & {
    /** Where somebody stood who has saved its recording. */
    readonly stand?: Moment;
  };
}

/** @throws RequestError where there is not so much memory */
export function buildDebuggee(options: DebuggeeOptions, on: DebuggeeEvents): Debuggee {
  try {
    return new Debuggee(options, on);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const size = String(options.memory / 2 ** 20);
    throw new RequestError(l10n.t('There is no memory for a guest with {0} MB.', size), true);
  }
}

/** What a debuggee's events become in the protocol. */
export function debuggeeEvents(context: SessionContext): DebuggeeEvents {
  const { host } = context;
  const remarks = new Remarks(context);
  return {
    output: (byte, guest) => {
      context.output.add(byte, guest);
      context.mirror.silence();
    },
    log: (text, breakpoint) => {
      context.output.flush();
      context.print(`${text}\n`, 'console', context.breakpoints?.placeOf(breakpoint.id));
    },
    breathe: async () => {
      context.output.flush();
      context.screen.lookNowAndThen();
      context.mirror.look();
      await breathe(host);
    },
    hole: (record) => {
      remarks.hole(record);
    },
    refused: (refusal, linear) => {
      remarks.refused(refusal, linear);
    },
    guestEnded: (guest, end) => {
      const { names, targets, target } = context.debuggee;
      const name = names[guest] ?? '';
      const { exits } = (targets[guest] ?? target).technique;
      context.output.flush();
      context.print(`${l10n.t('{0}: {1}', name, endText(end, exits))}\n`, 'console');
      context.send('thread', { reason: 'exited', threadId: threadId(guest) });
    },
    asleep: (wakeUps) => {
      if (context.toldOfSleep) return;
      context.toldOfSleep = true;
      context.print(`${asleepText(wakeUps)}\n`, 'important');
    },
  };
}
