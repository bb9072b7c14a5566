import { Vector } from '../isa/exceptions';
import type { RunResult, StopReason } from '../debugger/run/stop';
import { exceptionStopText, isExceptionStop } from '../debugger/words/stops';
import type { Target } from '../debugger/target';

/** What the protocol says of a stop (the GDB manual, "Stop Reply Packets"). */

/** Signals by the numbers that GDB gives them. */
const Signal = {
  INT: 2,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  FPE: 8,
  BUS: 10,
  SEGV: 11,
} as const;

/** What to say of a breakpoint that was hit: `swbreak:`, `watch:7c00`; undefined where the client does not ask. */
export type BreakpointNote = (id: number) => string | undefined;

/**
 * The packet that answers `?` and everything that lets the debuggee run.
 *
 * @param thread the number of the thread that has stopped
 */
export function stopReply(result: RunResult, thread: number, noteOn: BreakpointNote): string {
  const byte = (value: number): string => value.toString(16).padStart(2, '0');
  if (result.kind === 'ended') return `W${byte(result.exitCode)}`;
  const { reason } = result;
  return `T${byte(signalOf(reason))}thread:${thread.toString(16)};${noteOf(reason, noteOn)}`;
}

function noteOf(reason: StopReason, noteOn: BreakpointNote): string {
  if (reason.kind === 'beginning') return 'replaylog:begin;';
  if (reason.kind !== 'breakpoint' && reason.kind !== 'data-breakpoint') return '';
  const [note] = reason.ids.flatMap((id) => noteOn(id) ?? []);
  return note === undefined ? '' : `${note};`;
}

/** Exceptions as the signals that a kernel like Linux makes of them; what a guest cannot survive is SIGABRT. */
function signalOf(reason: StopReason): number {
  switch (reason.kind) {
    case 'pause':
      return Signal.INT;
    case 'raised':
    case 'guest-exception':
      return signalOfVector(reason.event.vector);
    case 'not-implemented':
      return Signal.ILL;
    case 'triple-fault':
    case 'guest-failure':
    case 'entry-failure':
    case 'vmx-abort':
    case 'internal-error':
      return Signal.ABRT;
    default:
      return Signal.TRAP;
  }
}

const SIGNALS: Readonly<Partial<Record<number, number>>> = {
  [Vector.DE]: Signal.FPE,
  [Vector.DB]: Signal.TRAP,
  [Vector.BP]: Signal.TRAP,
  [Vector.UD]: Signal.ILL,
  [Vector.MF]: Signal.FPE,
  [Vector.AC]: Signal.BUS,
  [Vector.XM]: Signal.FPE,
};

const signalOfVector = (vector: number): number => SIGNALS[vector] ?? Signal.SEGV;

/** What a person should read of a stop that a signal alone does not explain; nothing of the others. */
export function stopWords(result: RunResult, target: Target): string | undefined {
  if (result.kind === 'ended' || !isExceptionStop(result.reason)) return undefined;
  const { description, text } = exceptionStopText(result.reason, target);
  return description === text ? text : `${description}\n${text}`;
}
