import type { Host } from './host/host';
import type { Handler, Operation } from './operation';
import type { Technique } from './technique';

/** An operation that has been done, with its result. */
export interface Performed {
  readonly operation: Operation;
  readonly result: bigint;
}

/** What the monitor is doing while it has control. */
export interface Activity {
  /** The operation that comes next. */
  readonly next: Operation;
  /** The one before it, with its result. */
  readonly last: Performed | undefined;
  /** Everything done since control came, in order. */
  readonly done: readonly Performed[];
}

/**
 * The built-in monitor: runs a technique's handlers on the host, one operation at a time. Between two
 * operations the whole machine is in a state that can be looked at.
 */
export class Monitor {
  /** Modelled cycles spent in the monitor. */
  cycles = 0;
  private handler: Handler | undefined;
  private next: Operation | undefined;
  private performed: Performed[] = [];

  constructor(
    readonly host: Host,
    readonly technique: Technique,
  ) {}

  /** What it is doing; undefined while the guest has control. */
  get activity(): Activity | undefined {
    if (!this.next) return undefined;
    return { next: this.next, last: this.performed.at(-1), done: this.performed };
  }

  /** What the monitor has done since control last came to it. */
  get performedOperations(): readonly Performed[] {
    return this.performed;
  }

  /** Prepares the virtual machine up to its first entry. */
  boot(): void {
    this.begin(this.technique.prepare());
    this.finish();
  }

  /** The processor has come to a gate. */
  take(gate: number): void {
    this.host.passTime();
    this.begin(this.technique.handle(gate));
  }

  /** Performs the next operation. */
  step(): void {
    const { handler, next } = this;
    if (!handler || !next) return;
    const result = next.perform(this.host);
    this.cycles += next.cycles;
    this.performed.push({ operation: next, result });
    this.advance(handler, result);
  }

  /** Runs to the end of the handler, which is the VM entry, or to where the guest ends or waits. */
  finish(): void {
    while (this.next && !this.host.end && !this.host.waiting) this.step();
  }

  private begin(handler: Handler): void {
    this.handler = handler;
    this.performed = [];
    const first = handler.next();
    this.next = first.done ? undefined : first.value;
  }

  private advance(handler: Handler, result: bigint): void {
    const step = handler.next(result);
    this.next = step.done ? undefined : step.value;
    if (step.done) this.handler = undefined;
  }
}
