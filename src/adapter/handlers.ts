import type { Command } from './arguments/requests';

/**
 * Answers one kind of request: gives the response's body, a `Reply` or a promise of either; or throws. The
 * signal says that a request which takes time has been called off: nothing may come of it then.
 */
export type Handler = (args: unknown, signal: AbortSignal) => unknown;

/** The requests of one family, by command. */
export type Handlers = Readonly<Partial<Record<Command, Handler>>>;

/** A handler whose arguments have been checked (`arguments/requests.ts`). */
export function handler<Arguments>(
  answer: (args: Arguments, signal: AbortSignal) => unknown,
): Handler {
  return answer as Handler;
}

/** A response, and what is done as soon as it has been sent. */
export class Reply {
  constructor(
    readonly body: unknown,
    readonly after: () => void,
  ) {}
}

/** An empty response, and what is done as soon as it has been sent. */
export const then = (after: () => void): Reply => new Reply(undefined, after);
