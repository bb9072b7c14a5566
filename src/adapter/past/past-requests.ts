import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Bookmarks } from '../../debugger/run/past/bookmarks';
import type { Goal } from '../../debugger/run/past/goal';
import { syntaxError } from '../../debugger/expressions';
import { canBeRestarted, isCodeOf } from '../../debugger/places/stack';
import type { Condition } from '../../debugger/run/reaction';
import type { ActivationPlace, BackwardCommand } from '../../debugger/run/run-settings';
import type { Watchpoint } from '../../debugger/run/breakpoints';
import { exitAt } from '../../debugger/trace/chronicle/rows';
import type { Recorder, Timeline } from '../../session';
import { conditionOf } from '../breakpoints/conditions';
import { watchedPlaceOf, watchpointAt } from '../breakpoints/watched-place';
import type { SessionContext } from '../context';
import { handler, type Handlers, type Reply } from '../handlers';
import { worldOf } from '../inspect/worlds';
import { RequestError } from '../request-error';
import { granularityOf, runCommand } from '../running/execution';
import { bookmarkBody } from './bookmark-body';
import { coverageBody } from './coverage';
import { historyOf } from './history';
import { recentLinesBody } from './recent-lines';
import {
  PastRequest,
  type BookmarkArguments,
  type BookmarkBody,
  type GoToArguments,
  type HistoryArguments,
  type HistoryResponse,
  type StoreArguments,
  type MomentsResponse,
  type RecentLinesArguments,
  type StepBackIntoArguments,
  type StepBackOutArguments,
  type TimelineArguments,
  type TimelineBody,
} from './protocol';

/** Into the past, and to moments that are known. */
export function pastRequests(context: SessionContext): Handlers {
  const run = (command: BackwardCommand, thread?: number): Reply => {
    pastOf(context);
    return runCommand(context, command, thread);
  };
  return {
    stepBack: handler(({ granularity, threadId }: DebugProtocol.StepBackArguments) =>
      run({ kind: 'step-back', granularity: granularityOf(granularity) }, threadId),
    ),
    restartFrame: handler(({ frameId }: DebugProtocol.RestartFrameArguments) =>
      run({ kind: 'restart-frame', frame: activationOf(context, frameId) }),
    ),
    reverseContinue: () => run({ kind: 'reverse-continue' }),
    [PastRequest.STEP_BACK_INTO]: handler(({ granularity, threadId }: StepBackIntoArguments) =>
      run({ kind: 'step-back-into', granularity: granularityOf(granularity) }, threadId),
    ),
    [PastRequest.STEP_BACK_OUT]: handler(({ threadId }: StepBackOutArguments) =>
      run({ kind: 'step-back-out' }, threadId),
    ),
    [PastRequest.GO_TO]: handler((args: GoToArguments) =>
      run({ kind: 'go-to', goal: goalOf(context, args) }),
    ),
    [PastRequest.LAST_STORE]: handler(({ dataId }: StoreArguments) => {
      pastOf(context);
      return runCommand(context, { kind: 'last-store', at: askedFor(context, dataId) });
    }),
    [PastRequest.NEXT_STORE]: handler(({ dataId }: StoreArguments) =>
      runCommand(context, { kind: 'next-store', at: askedFor(context, dataId) }),
    ),
    [PastRequest.HISTORY]: handler((args: HistoryArguments, signal) => {
      const told = (): HistoryResponse => historyOf(context.debuggee, args);
      return args.atEnd ? context.endings.wait(told, signal) : told();
    }),
    [PastRequest.RECENT_LINES]: handler((args: RecentLinesArguments) =>
      recentLinesBody(context, args),
    ),
    [PastRequest.COVERAGE]: () => coverageBody(context),
    [PastRequest.MOMENTS]: () => momentsOf(context),
    [PastRequest.BOOKMARK]: handler((args: BookmarkArguments) => mark(context, args)),
    [PastRequest.TIMELINE]: handler(({ number, drop }: TimelineArguments) => {
      const { recorder } = pastOf(context);
      const timeline = timelineOf(recorder, number);
      if (!drop) return run({ kind: 'go-to', goal: { kind: 'end-of', timeline } });
      if (timeline === recorder.timeline) {
        throw new RequestError(l10n.t('the session is on this timeline'));
      }
      recorder.dropTimeline(timeline);
      return undefined;
    }),
  };
}

/** What somebody wants to know the writer of. */
function askedFor(context: SessionContext, dataId: string): Watchpoint {
  const place = watchedPlaceOf(dataId);
  if (!place) throw new RequestError(l10n.t('{0} is no data of this session.', dataId));
  return watchpointAt(context, { id: 0 }, place);
}

/** @throws RequestError where nothing is kept of the past */
function pastOf({ debuggee }: SessionContext): { recorder: Recorder; bookmarks: Bookmarks } {
  const { recorder, bookmarks } = debuggee.run;
  if (recorder && bookmarks) return { recorder, bookmarks };
  throw new RequestError(l10n.t('the past of this session is not recorded'));
}

/** @throws RequestError where there is no such moment */
function goalOf(context: SessionContext, args: GoToArguments): Goal {
  const { to, number, frameId, guest, condition } = args;
  if (to === 'start' || to === 'present') return { kind: to };
  if (to === 'first') return { kind: 'first', holds: firstOf(context, condition ?? '') };
  if (number === undefined) throw new RequestError(l10n.t('the number is missing'));
  const { recorder, bookmarks } = pastOf(context);
  if (to === 'bookmark') return bookmarked(bookmarks, number);
  if (to === 'instruction') {
    const last = recorder.lastInstructions;
    if (number <= last) return { kind: 'instruction', count: number };
    throw new RequestError(
      l10n.t('only {0} instructions have been executed', last.toLocaleString('en')),
    );
  }
  const present = frameId === undefined ? context.debuggee : worldOf(context, frameId);
  const target = guest === undefined ? present.target : context.debuggee.targets[guest];
  const instructions = target && exitAt(context.debuggee.chronicle, target.number, number);
  if (instructions !== undefined) {
    return { kind: 'exit', number, guest: target?.number ?? 0, instructions };
  }
  throw new RequestError(l10n.t('there is no VM exit {0}', String(number)));
}

/** What cannot be evaluated does not hold yet: there may be no VM exit to ask about. */
function firstOf(context: SessionContext, condition: string): Condition {
  const wrong = syntaxError(condition);
  if (wrong !== undefined) throw new RequestError(l10n.t('The condition is wrong: {0}', wrong));
  return conditionOf(context, condition, () => false);
}

/** The activation that a frame stands for. */
function activationOf(context: SessionContext, frameId: number): ActivationPlace {
  const { target, frame, frames } = context.frame(frameId);
  const canRestart = target === context.debuggee.target && canBeRestarted(frame, frames);
  if (frame.kind === 'monitor' && canRestart) return { kind: 'handler' };
  if (frame.kind !== 'code' || !canRestart) {
    throw new RequestError(l10n.t('it is not known where this stack frame began'));
  }
  const { side } = frame;
  const above = frames.slice(0, frames.indexOf(frame));
  return { kind: 'code', side, depth: above.filter((each) => isCodeOf(each, side)).length };
}

function bookmarked(bookmarks: Bookmarks, number: number): Goal {
  const found = bookmarks.all.find((bookmark) => bookmark.number === number);
  if (found) return { kind: 'moment', moment: found.moment, timeline: found.timeline };
  throw new RequestError(l10n.t('there is no bookmark {0}', String(number)));
}

function timelineOf({ timelines }: Recorder, number: number): Timeline {
  const found = timelines.find((timeline) => timeline.number === number);
  if (found) return found;
  throw new RequestError(l10n.t('there is no timeline {0}', String(number)));
}

function momentsOf(context: SessionContext): MomentsResponse {
  const { recorder, bookmarks } = pastOf(context);
  return {
    instructions: recorder.instructions,
    present: recorder.lastInstructions,
    isPast: recorder.isPast,
    bookmarks: bookmarks.all.map(bookmarkBody),
    timelines: recorder.timelines.map((timeline) => timelineBody(recorder, timeline)),
  };
}

function timelineBody(recorder: Recorder, timeline: Timeline): TimelineBody {
  const isPresent = timeline === recorder.timeline;
  const ends = isPresent ? recorder.lastInstructions : timeline.instructions;
  return { number: timeline.number, begins: timeline.begins, ends, isPresent };
}

function mark(
  context: SessionContext,
  { name, remove }: BookmarkArguments,
): BookmarkBody | undefined {
  const { bookmarks, recorder } = pastOf(context);
  if (remove === undefined) {
    if (context.debuggee.run.isRunning) throw new RequestError(l10n.t('the guest is running'));
    const count = recorder.instructions.toLocaleString('en');
    return bookmarkBody(bookmarks.add(name ?? l10n.t('after {0} instructions', count)));
  }
  if (bookmarks.remove(remove)) return undefined;
  throw new RequestError(l10n.t('there is no bookmark {0}', String(remove)));
}
