/** Answers one kind of request: gives the response's body, or throws. */
export type Handler = (args: unknown, seq: number) => unknown;

/** The requests of one family, by command. */
export type Handlers = Readonly<Record<string, Handler>>;

/** A handler whose arguments have the type that the protocol promises. */
export function handler<Arguments>(answer: (args: Arguments, seq: number) => unknown): Handler {
  return answer as Handler;
}
