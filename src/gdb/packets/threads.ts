import { modeWords } from '../../debugger/words/modes';
import { malformed, noThread } from '../errors';
import type { Handlers } from '../handlers';
import { hexOf } from '../hex';
import { bytesOf, utf8 } from '../packet';
import type { Session } from '../session';
import { threadOf } from './running';

/** Threads: one for each guest, or for each processor of the bare computer. */
export const threadPackets: Handlers = {
  H: (session, rest) => {
    const thread = threadOf(rest.slice(1));
    if (thread !== undefined) session.targetOf(thread);
    if (rest.startsWith('g')) session.thread = thread ?? session.thread;
    else if (rest.startsWith('c')) session.runThread = thread;
    else throw malformed();
    return 'OK';
  },

  T: (session, rest) => {
    const thread = threadOf(rest);
    if (thread === undefined) throw noThread();
    session.targetOf(thread);
    return 'OK';
  },

  qC: ({ thread }) => `QC${thread.toString(16)}`,
  qfThreadInfo: ({ threads }) => `m${threads.map((thread) => thread.toString(16)).join(',')}`,
  qsThreadInfo: () => 'l',
  qThreadExtraInfo: (session, rest) => {
    const thread = threadOf(rest.slice(1));
    if (thread === undefined) throw noThread();
    return hexOf(bytesOf(utf8(threadWords(session, thread))));
  },
};

/** 'CPU 1: ring 0, 64-bit mode' */
function threadWords(session: Session, thread: number): string {
  const target = session.targetOf(thread);
  const name = session.debuggee.names[target.number] ?? '';
  const words = modeWords(target.code.registers).join(', ');
  return name === '' ? words : `${name}: ${words}`;
}

/** The list of threads as XML (the GDB manual, "Thread List Format"). */
export function threadList(session: Session): string {
  const each = session.threads.map((thread) => {
    const words = threadWords(session, thread);
    const escaped = words.replace(/[<>&"]/g, (special) => `&#${String(special.charCodeAt(0))};`);
    const id = thread.toString(16);
    return `<thread id="${id}" core="${String(thread - 1)}">${escaped}</thread>`;
  });
  return `<?xml version="1.0"?>\n<threads>\n${each.join('\n')}\n</threads>\n`;
}
