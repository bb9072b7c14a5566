import type { DebugProtocol } from '@vscode/debugprotocol';

/** What Ringside adds to the protocol for the past of a session. Counts of instructions are those that were completed. */

/** `ringside/stepBackInto`: back by whatever was done last, into a function that returned or the handler of an exit. */
export interface StepBackIntoArguments extends StepBackOutArguments {
  readonly granularity?: DebugProtocol.SteppingGranularity;
}

/** `ringside/stepBackOut`: to the call of the present function; in a handler to where it got control. */
export interface StepBackOutArguments {
  /** Default: what has the processor. */
  readonly threadId?: number;
}

/** `ringside/goTo`: to a moment that is known; answered and told of as a step is. */
export interface GoToArguments {
  readonly to: 'start' | 'present' | 'instruction' | 'exit' | 'bookmark' | 'first';
  /** How many instructions have been completed, or the number of an exit, or of a bookmark. */
  readonly number?: number;
  /** What holds at the first moment that is meant: an expression. */
  readonly condition?: string;
  /** The guest whose exit it is: that of the frame. Default: that which has the processor. */
  readonly frameId?: number;
  /** The same by its number, from 0. */
  readonly guest?: number;
}

/** `ringside/moments`: where the session is in what is known of it, and where it can go. No arguments. */
export interface MomentsResponse {
  readonly instructions: number;
  /** Those at the last moment that is known. */
  readonly present: number;
  readonly isPast: boolean;
  readonly bookmarks: readonly BookmarkBody[];
  readonly timelines: readonly TimelineBody[];
}

export interface BookmarkBody {
  readonly number: number;
  readonly name: string;
  readonly instructions: number;
  /** The number of its timeline. */
  readonly timeline: number;
}

export interface TimelineBody {
  /** From 1. */
  readonly number: number;
  /** Where it left another one. */
  readonly begins: number;
  readonly ends: number;
  /** Whether the session is on it. */
  readonly isPresent: boolean;
}

/** `ringside/bookmark`: marks the present moment, or takes a mark away. Answered by a `BookmarkBody`, or nothing. */
export interface BookmarkArguments {
  readonly name?: string;
  /** The number of the one to take away. */
  readonly remove?: number;
}

/** `ringside/timeline`: goes on with another timeline, at its end; or drops one that is not the present one. */
export interface TimelineArguments {
  readonly number: number;
  readonly drop?: boolean;
}

/**
 * `ringside/lastStore`: to the last instruction, or operation of a monitor, that has written something; the session stands
 * where it was when nothing has. `ringside/nextStore`: to behind the next one, unless something else stops the program
 * before. Answered and told of as a step is.
 */
export interface StoreArguments {
  /** As `dataBreakpointInfo` has answered. */
  readonly dataId: string;
}

/** `ringside/saveRecording`: the file of a recording of the present timeline, to be opened where the session stands. No arguments. */
export interface SavedRecording {
  /** In base64. */
  readonly data: string;
  /** What it may be called. */
  readonly name: string;
}

/**
 * `ringside/history`: what happened between two counts of instructions, which are both within. It can be asked for while
 * the guest runs, and where there is no way back.
 */
export interface HistoryArguments {
  /** Default: the beginning. */
  readonly from?: number;
  /** Default: the last moment that is known. */
  readonly to?: number;
  /** At most so many stretches: 1 to 2000. Default: 200. */
  readonly stretches?: number;
  /** To be answered when the debuggee ends by itself, as the last thing before `terminated`. */
  readonly atEnd?: boolean;
}

export interface HistoryResponse {
  readonly from: number;
  readonly to: number;
  /** Where the session is. */
  readonly instructions: number;
  /** Instructions at the last moment that is known. */
  readonly present: number;
  /** Why nobody can go to a moment, in the user's language; undefined where one can. */
  readonly noWayBack?: string;
  /** The guests, or processors, where there are several. */
  readonly guests: readonly string[];
  /** All that has happened; indices into it stand for its entries. */
  readonly series: readonly SeriesBody[];
  /** One after the other. Of a past that is too long ago they are longer than others, and reach beyond the ends. */
  readonly stretches: readonly StretchBody[];
  /** One by one, where they are few enough, and still known. */
  readonly episodes?: readonly EpisodeBody[];
  readonly bookmarks: readonly BookmarkBody[];
  /** Instructions at each checkpoint, from which the machine goes on when somebody goes back. */
  readonly checkpoints: readonly number[];
}

/** Something that happens again and again: exits for one reason, interrupts of one vector, a mode, output. */
export interface SeriesBody {
  readonly kind: 'exit' | 'event' | 'mode' | 'output';
  /** The number of the guest, or processor. */
  readonly guest: number;
  readonly name: string;
  readonly gloss?: string;
  /** How often, in all that is known of this timeline. */
  readonly total: number;
  /** Of an event: an exception of the processor's. */
  readonly isException?: boolean;
  /** Of a mode. */
  readonly ring?: number;
}

export interface StretchBody {
  readonly from: number;
  /** Where the next one begins; the last one has this count within it. */
  readonly to: number;
  /** How often each series occurs. */
  readonly counts: readonly (readonly [series: number, count: number])[];
  /** The modes at its beginning, where they are known. */
  readonly modes: readonly number[];
}

/** The same thing once or several times. */
export interface EpisodeBody {
  /** Instructions that had been completed at the first one, and at the last. */
  readonly from: number;
  readonly to: number;
  readonly series: number;
  readonly count: number;
  /** 'CPUID (leaf 0x1) × 3' */
  readonly text: string;
  /** The number of the first one, of exits. */
  readonly exit?: number;
}

/** `ringside/recentLines`: the lines that were executed last. Nothing is known of a past that is not recorded. */
export interface RecentLinesArguments {
  /** So many instructions of all that the computer executes, but the monitor's: 1 to 10000. Default: 100. */
  readonly instructions?: number;
}

export interface RecentLinesResponse {
  readonly lines: readonly RecentLineBody[];
}

export interface RecentLineBody {
  readonly source: DebugProtocol.Source;
  readonly line: number;
  /** How many instructions ago it was executed last: 1 when it was the last one. */
  readonly ago: number;
  /** How often it was executed in the stretch that was asked for. */
  readonly times: number;
  /** The general registers before it was executed last, and behind it. */
  readonly registers: readonly RegisterThenBody[];
}

export interface RegisterThenBody {
  readonly name: string;
  /** '0x3f8' */
  readonly before: string;
  readonly after: string;
}

/**
 * `ringside/coverage`: which lines of the programs were executed by now. It takes about as long as the run did; `pause`
 * calls it off, which is an error. No arguments.
 */
export interface CoverageResponse {
  readonly files: readonly FileCoverageBody[];
}

export interface FileCoverageBody {
  readonly source: DebugProtocol.Source;
  /** Every line that has become instructions, also those in the bodies of macros. */
  readonly lines: readonly { readonly line: number; readonly executed: boolean }[];
}

export const PastRequest = {
  COVERAGE: 'ringside/coverage',
  RECENT_LINES: 'ringside/recentLines',
  HISTORY: 'ringside/history',
  SAVE: 'ringside/saveRecording',
  LAST_STORE: 'ringside/lastStore',
  NEXT_STORE: 'ringside/nextStore',
  STEP_BACK_INTO: 'ringside/stepBackInto',
  STEP_BACK_OUT: 'ringside/stepBackOut',
  GO_TO: 'ringside/goTo',
  MOMENTS: 'ringside/moments',
  BOOKMARK: 'ringside/bookmark',
  TIMELINE: 'ringside/timeline',
} as const;
