/** Answers one kind of request: gives the response's body, a `Reply` or a promise of either; or throws. */
export type Handler = (args: unknown) => unknown;

/** The requests of one family, by command. */
export type Handlers = Readonly<Record<string, Handler>>;

/** A handler whose arguments have the type that the protocol promises. */
export function handler<Arguments>(answer: (args: Arguments) => unknown): Handler {
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
