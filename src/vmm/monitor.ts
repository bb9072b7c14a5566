import type { Persistent } from '../processor/persistent';
import type { Host, HostState } from './host/host';
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
 * Where the monitor is. A handler sees the world through the results of its operations alone: what
 * began it and the results so far are its whole state.
 */
export interface MonitorState {
  readonly cycles: number;
  readonly handler:
    { readonly began: HandlerStart; readonly results: readonly bigint[] } | undefined;
  readonly host: HostState;
}

/** What makes the monitor begin: power-on, or control that comes to a gate. */
type HandlerStart = 'power-on' | number;

/**
 * The built-in monitor: runs a technique's handlers on the host, one operation at a time. Between two
 * operations the whole machine is in a state that can be looked at.
 */
export class Monitor implements Persistent<MonitorState> {
  /** Modelled cycles spent in the monitor. */
  cycles = 0;
  private handler: Handler | undefined;
  private began: HandlerStart = 'power-on';
  private next: Operation | undefined;
  private performed: Performed[] = [];

  constructor(
    readonly host: Host,
    readonly technique: Technique,
  ) {}

  /** Whether it has control. */
  get active(): boolean {
    return this.next !== undefined;
  }

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
    this.begin('power-on');
    this.finish();
  }

  /** The processor has come to a gate. */
  take(gate: number): void {
    this.host.passTime();
    this.begin(gate);
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

  save(): MonitorState {
    const { cycles, began, host } = this;
    const results = this.performed.map(({ result }) => result);
    return { cycles, handler: this.next && { began, results }, host: host.save() };
  }

  /** The handler is begun again and given the results that it had; nothing is performed. */
  restore({ cycles, handler, host }: MonitorState): void {
    this.cycles = cycles;
    this.host.restore(host);
    this.handler = this.next = undefined;
    this.performed = [];
    if (!handler) return;
    const generator = this.begin(handler.began);
    for (const result of handler.results) {
      if (this.next) this.performed.push({ operation: this.next, result });
      this.advance(generator, result);
    }
  }

  private begin(began: HandlerStart): Handler {
    const { technique } = this;
    const handler = began === 'power-on' ? technique.prepare() : technique.handle(began);
    this.began = began;
    this.handler = handler;
    this.performed = [];
    const first = handler.next();
    this.next = first.done ? undefined : first.value;
    return handler;
  }

  private advance(handler: Handler, result: bigint): void {
    const step = handler.next(result);
    this.next = step.done ? undefined : step.value;
    if (step.done) this.handler = undefined;
  }
}
