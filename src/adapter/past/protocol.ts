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

export const PastRequest = {
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
