import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Granularity, RunCommand } from '../../debugger/run/run-settings';
import type { RunResult, StopReason } from '../../debugger/run/stop';
import { endText } from '../../debugger/words/ends';
import { guestOfThread, threadId, type SessionContext } from '../context';
import { handler, Reply, type Handlers } from '../handlers';
import { CustomRequest } from '../protocol';
import { SearchProgress } from '../past/progress';
import { RequestError } from '../request-error';
import { StepInTargets } from './step-in-targets';
import { warnOfMode } from './mode-warning';
import { stopText } from './stop-text';

/** Running, stepping, pausing. */
export function executionRequests(context: SessionContext): Handlers {
  const run = (command: RunCommand, thread?: number, body?: object): Reply =>
    runCommand(context, command, thread, body);
  const targets = new StepInTargets(context);
  return {
    continue: handler(({ singleThread, threadId }: DebugProtocol.ContinueArguments) =>
      singleThread
        ? run({ kind: 'continue', alone: true }, threadId, { allThreadsContinued: false })
        : run({ kind: 'continue' }, undefined, { allThreadsContinued: true }),
    ),
    next: handler(({ granularity, threadId }: DebugProtocol.NextArguments) =>
      run({ kind: 'step-over', granularity: granularityOf(granularity) }, threadId),
    ),
    stepInTargets: handler(({ frameId }: DebugProtocol.StepInTargetsArguments) => ({
      targets: targets.of(frameId),
    })),
    stepIn: handler(
      ({ granularity, threadId: thread, targetId }: DebugProtocol.StepInArguments) => {
        if (targetId === undefined) {
          return run({ kind: 'step-in', granularity: granularityOf(granularity) }, thread);
        }
        const { target, address } = targets.get(targetId);
        return run({ kind: 'step-into-call', call: address }, threadId(target.number));
      },
    ),
    stepOut: handler(({ threadId }: DebugProtocol.StepOutArguments) =>
      run({ kind: 'step-out' }, threadId),
    ),
    terminateThreads: handler(({ threadIds = [] }: DebugProtocol.TerminateThreadsArguments) =>
      run({ kind: 'power-off', guests: guestsToEnd(context, threadIds) }),
    ),
    [CustomRequest.STEP_TRANSLATED]: () => run({ kind: 'step-translated' }),
    pause: () => {
      context.debuggee.run.pause();
    },
    threads: () => ({ threads: threadsOf(context) }),
  };
}

/** Answers, and then lets the debuggee run. @throws RequestError when it does already, or cannot */
export function runCommand(
  context: SessionContext,
  command: RunCommand,
  thread?: number,
  body?: object,
): Reply {
  if (context.debuggee.run.isRunning) {
    throw new RequestError(l10n.t('the guest is running already'));
  }
  mustGoOn(context);
  const guest = guestToStep(context, thread);
  return new Reply(body, () => {
    void proceed(context, command, false, guest);
  });
}

/**
 * Which of several guests, or processors, a thread is; undefined where there is only one, whatever the client calls it.
 *
 * @throws RequestError when there is none of it, or it has ended
 */
function guestToStep({ debuggee }: SessionContext, thread: number | undefined): number | undefined {
  const { targets } = debuggee;
  const guest = targets.length > 1 ? guestOfThread(thread) : undefined;
  if (guest === undefined) return undefined;
  const target = targets[guest];
  if (!target) throw new RequestError(l10n.t('there is no such thread'));
  if (target.vm?.ended) throw new RequestError(l10n.t('the guest has ended'));
  return guest;
}

/**
 * The numbers of guests by their threads.
 *
 * @throws RequestError when there is none of a thread, or it is one of several processors: those end together
 */
function guestsToEnd({ debuggee }: SessionContext, threads: readonly number[]): number[] {
  const { targets, guests } = debuggee;
  if (targets.length > guests.length) {
    throw new RequestError(l10n.t('a processor does not end alone: end the session'));
  }
  return threads.map((thread) => {
    const target = targets[targets.length > 1 ? (guestOfThread(thread) ?? 0) : 0];
    if (!target || target.vm?.ended) throw new RequestError(l10n.t('there is no such thread'));
    return target.number;
  });
}

/** The virtual processors of the guests that have not ended, or the processors of the bare computer. */
function threadsOf({ debuggeeIfAny: debuggee }: SessionContext): DebugProtocol.Thread[] {
  if (!debuggee) return [];
  const { targets, names, guests } = debuggee;
  if (targets.length === 1) return [{ id: threadId(0), name: 'vCPU 0' }];
  const ofSeveral = guests.length > 1;
  return targets
    .filter(({ vm }) => vm?.ended !== true)
    .map(({ number, vm }) => {
      const name = names[number] ?? '';
      return { id: threadId(number), name: ofSeveral && vm ? `${name}: vCPU 0` : name };
    });
}

/** @throws RequestError when the guest has not begun yet, or has ended */
export function mustGoOn({ debuggee, begun }: SessionContext): void {
  if (!begun) throw new RequestError(l10n.t('the guest has not started yet'));
  if (debuggee.run.hasEnded) throw new RequestError(l10n.t('the guest has ended'));
}

export function granularityOf(
  granularity: DebugProtocol.SteppingGranularity | undefined,
): Granularity {
  return granularity === 'instruction' ? 'instruction' : 'line';
}

/** Lets the debuggee run; what comes of it is told by events, and has been when the promise resolves. */
export function proceed(
  context: SessionContext,
  command: RunCommand,
  first: boolean,
  guest?: number,
): Promise<void> {
  const { debuggee } = context;
  context.stop = undefined;
  context.stateChanged();
  const progress = SearchProgress.of(context, command);
  return debuggee.run
    .run(command, first, guest)
    .finally(() => progress?.end())
    .then((result) => {
      // A restart or the end of the session may have come in between.
      if (context.debuggeeIfAny === debuggee) finish(context, result);
    })
    .catch((error: unknown) => {
      context.printBug(error);
    });
}

function finish(context: SessionContext, result: RunResult): void {
  context.output.flush();
  context.stateChanged();
  if (result.kind === 'stopped') {
    reportStop(context, result.reason);
    return;
  }
  context.screen.ended();
  context.mirror.end();
  context.print(`${endText(result.end, context.debuggee.target.technique.exits)}\n`, 'console');
  context.send('exited', { exitCode: result.exitCode });
  context.terminated();
}

/** Tells the client that and why the debuggee stands. */
export function reportStop(context: SessionContext, reason: StopReason): void {
  context.stop = reason;
  context.screen.look();
  context.mirror.look();
  for (const views of context.views) views.atStop();
  const { target } = context.debuggee;
  const body: DebugProtocol.StoppedEvent['body'] = {
    ...stopText(reason, target),
    threadId: threadId(target.number),
    allThreadsStopped: true,
  };
  if (reason.kind === 'breakpoint' || reason.kind === 'data-breakpoint') {
    body.hitBreakpointIds = [...reason.ids];
    if (reason.kind === 'breakpoint') {
      body.reason = context.breakpoints?.reasonFor(reason.ids) ?? 'breakpoint';
    }
  }
  warnOfMode(context);
  if (reason.kind === 'internal-error') context.print(`${reason.message}\n`, 'stderr');
  context.send('stopped', body);
}
