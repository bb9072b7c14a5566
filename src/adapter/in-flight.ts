/** What is done with the answer of a request, once. */
export interface Answering {
  answered(answer: unknown): void;
  failed(error: unknown): void;
}

interface Call {
  /** As the client has numbered the request. */
  readonly seq: number;
  readonly controller: AbortController;
}

/**
 * The requests whose answers take time. Each is answered once: by its handler, or at the moment at which it
 * is called off. Its handler is told by a signal, and whatever it still does has no answer any more.
 */
export class InFlight {
  private readonly calls = new Set<Call>();

  /** Begins a request. `work` may answer at once or by a promise; what it throws at once is its caller's. */
  begin(seq: number, work: (signal: AbortSignal) => unknown, answering: Answering): void {
    const call: Call = { seq, controller: new AbortController() };
    const { signal } = call.controller;
    const answer = work(signal);
    if (!(answer instanceof Promise)) {
      answering.answered(answer);
      return;
    }
    this.calls.add(call);
    const once = (settle: () => void): void => {
      if (this.calls.delete(call)) settle();
    };
    const failed = (error: unknown): void => {
      once(() => {
        answering.failed(error);
      });
    };
    signal.addEventListener('abort', () => {
      failed(signal.reason);
    });
    answer.then((value: unknown) => {
      once(() => {
        answering.answered(value);
      });
    }, failed);
  }

  /** Calls off what a client has numbered so. */
  cancel(seq: number, reason: Error): void {
    for (const call of [...this.calls]) if (call.seq === seq) call.controller.abort(reason);
  }

  cancelAll(reason: Error): void {
    for (const call of [...this.calls]) call.controller.abort(reason);
  }
}
