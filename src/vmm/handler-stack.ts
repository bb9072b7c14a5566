import type { Delegation, Handler, Operation, Site } from './operation';

/** What a handler does next, with the build's notes. */
type Step = IteratorYieldResult<Operation | Delegation> | IteratorReturnResult<unknown>;

/**
 * The handlers that are under way: one has control, the others wait for what they have delegated to.
 * (Delegation that nobody has noted is a `yield*` of the language, and one handler to this.)
 */
export class HandlerStack {
  private innermost: Handler<unknown> | undefined;
  /** Those that wait, outermost first, and where each has called the next. */
  private readonly waiting: Handler<unknown>[] = [];
  private readonly calls: Site[] = [];

  /** Where the handlers stand that wait, innermost first. */
  get callers(): readonly Site[] {
    return [...this.calls].reverse();
  }

  /** Begins a handler, in the place of what was under way. @returns its first operation, if it has one */
  begin(handler: Handler): Operation | undefined {
    this.clear();
    this.innermost = handler;
    return this.resume(undefined);
  }

  clear(): void {
    while (this.innermost) this.leave();
  }

  /**
   * Goes on behind the last operation. An error leaves all handlers; none catches any.
   * @param result what the operation has given
   * @returns the next operation; undefined at the end of the outermost handler
   */
  resume(result: bigint | undefined): Operation | undefined {
    let answer: unknown = result;
    for (let handler = this.innermost; handler; handler = this.innermost) {
      const step = handler.next(answer as bigint) as Step;
      if (step.done) {
        this.leave();
        answer = step.value;
      } else if ('callee' in step.value) {
        this.enter(handler, step.value);
        answer = undefined;
      } else {
        return step.value;
      }
    }
    return undefined;
  }

  private enter(caller: Handler<unknown>, { site, callee }: Delegation): void {
    this.waiting.push(caller);
    this.calls.push(site);
    this.innermost = callee;
  }

  private leave(): void {
    this.innermost = this.waiting.pop();
    this.calls.pop();
  }
}
