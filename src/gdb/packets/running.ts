import { malformed, noThread, refused } from '../errors';
import type { Handlers } from '../handlers';
import { numberOf } from '../hex';
import type { RunCommand } from '../../debugger/run/run-settings';
import type { Session } from '../session';

/** What lets the debuggee run; the answer comes when it stops. */

const CONTINUE: RunCommand = { kind: 'continue' };
const STEP: RunCommand = { kind: 'step-instruction' };
/** A signal to go on with is none that a machine could be sent: what raises an exception raises it again. */
const ACTIONS: Readonly<Record<string, RunCommand>> = {
  c: CONTINUE,
  C: CONTINUE,
  s: STEP,
  S: STEP,
};

export const runPackets: Handlers = {
  '?': (session) => session.lastStop,
  c: (session, rest) => goOn(session, CONTINUE, rest),
  s: (session, rest) => goOn(session, STEP, rest),
  C: (session, rest) => goOn(session, CONTINUE, afterSignal(rest)),
  S: (session, rest) => goOn(session, STEP, afterSignal(rest)),
  bc: (session) => back(session, { kind: 'reverse-continue' }),
  bs: (session) => back(session, { kind: 'step-back-instruction' }),
  'vCont?': () => 'vCont;c;C;s;S',
  vCont: (session, rest) => {
    const actions = rest.split(';').slice(1).map(actionOf);
    const step = actions.find(({ command }) => command === STEP);
    const first = step ?? actions[0];
    if (!first) throw malformed();
    // Without an action for the others they stand still.
    const alone = first.command === CONTINUE && first.thread !== undefined && actions.length === 1;
    if (alone) return session.run({ kind: 'continue', alone }, first.thread);
    return session.run(first.command, step?.thread ?? session.thread);
  },
};

interface Action {
  readonly command: RunCommand;
  /** undefined: any. */
  readonly thread: number | undefined;
}

/** `s:1`, `C05`, `c`. */
function actionOf(text: string): Action {
  const [, letter = '', thread] = /^(?:([cs])|([CS])[0-9a-f]{2})(?::(.*))?$/i.exec(text)
    ? [text, text[0], text.split(':')[1]]
    : [];
  const command = ACTIONS[letter];
  if (!command) throw malformed();
  return { command, thread: thread === undefined ? undefined : threadOf(thread) };
}

/** The number of a thread; undefined for any or all of them. */
export function threadOf(text: string): number | undefined {
  if (text === '-1') return undefined;
  const number = numberOf(text);
  if (number === undefined || number > 0xffffn) throw noThread();
  return number === 0n ? undefined : Number(number);
}

/** `05;7c00`: what stands behind the signal. */
function afterSignal(text: string): string {
  const [signal = '', ...rest] = text.split(';');
  if (!/^[0-9a-f]{2}$/i.test(signal)) throw malformed();
  return rest.join(';');
}

/** @param at an address to go on at, or nothing */
function goOn(session: Session, command: RunCommand, at: string): Promise<string> {
  if (at !== '') {
    const address = numberOf(at);
    if (address === undefined) throw malformed();
    session.jump(address);
  }
  return session.run(command, session.runThread);
}

function back(session: Session, command: RunCommand): Promise<string> {
  if (!session.debuggee.run.recorder) throw refused('the past is not recorded');
  return session.run(command, session.runThread);
}
