import type { Persistent } from '../processor/persistent';
import type { Host, HostState } from './host/host';
import { HandlerStack } from './handler-stack';
import type { Handler, Operation, Site } from './operation';
import type { Technique, Undone } from './technique';

/** What the monitor is doing while it has control. */
export interface Activity {
  /** The operation that comes next. */
  readonly next: Operation;
  /** The operation before it. */
  readonly last: Operation | undefined;
  /** Everything done since control came, in order. */
  readonly done: readonly Operation[];
}

/**
 * Where the monitor is. A handler sees the world through the results of its operations alone: what
 * began it and the results so far are its whole state.
 */
export interface MonitorState {
  readonly cycles: number;
  readonly steps: number;
  readonly handler:
    { readonly began: HandlerStart; readonly results: readonly bigint[] } | undefined;
  readonly host: HostState;
}

/** What makes the monitor begin: power-on, the end of the guest, or control that comes to a gate. */
type HandlerStart = 'power-on' | 'end' | number;

/**
 * The built-in monitor: runs a technique's handlers on the host, one operation at a time. Between two
 * operations the whole machine is in a state that can be looked at.
 */
export class Monitor implements Persistent<MonitorState> {
  /** Modelled cycles spent in the monitor. */
  cycles = 0;
  /** Handlers begun, and operations performed. */
  steps = 0;
  private readonly handlers = new HandlerStack();
  private began: HandlerStart = 'power-on';
  private next: Operation | undefined;
  private done: Operation[] = [];

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
    const { next, done } = this;
    return next && { next, last: done.at(-1), done };
  }

  /** Where the handlers stand that have delegated to that of the next operation, innermost first. */
  get callers(): readonly Site[] {
    return this.handlers.callers;
  }

  /** What the monitor has done since control last came to it. */
  get performedOperations(): readonly Operation[] {
    return this.done;
  }

  /** Begins to prepare the virtual machine for its first entry. */
  powerOn(): void {
    this.begin('power-on');
  }

  /** Its guest has ended, whatever was being done for it: others go on. */
  retire(): void {
    this.begin('end');
  }

  /** The processor has come to a gate. */
  take(gate: number): void {
    this.host.passTime();
    this.begin(gate);
  }

  /** Where the guest's next instruction lies, if it is for software to do; see `Technique.emulatedAt`. */
  get emulatedAt(): bigint | undefined {
    return this.active ? undefined : this.technique.emulatedAt?.(this.host);
  }

  /** Performs the next operation. @returns why it has not been done, and the handler been called off */
  step(): Undone | undefined {
    const { next, host } = this;
    if (!next) return undefined;
    if (!host.keepMemory()) return undefined;
    const result = next.perform(host);
    const { undone } = host;
    if (undone) {
      host.undone = undefined;
      this.callOff();
      return undone;
    }
    this.cycles += next.cycles;
    this.steps++;
    host.tally.note(next.cost);
    this.advance(next, result);
    return undefined;
  }

  /** As if control had not come yet. */
  private callOff(): void {
    for (const { cycles, cost } of this.done) {
      this.cycles -= cycles;
      this.host.tally.note(cost, -1);
    }
    this.steps -= this.done.length + 1;
    this.handlers.clear();
    this.next = undefined;
    this.done = [];
  }

  /** Runs to the end of the handler, which is the VM entry, or to where the guest ends or waits. */
  finish(): void {
    while (this.next && !this.host.end && !this.host.waiting) this.step();
  }

  save(): MonitorState {
    const { cycles, steps, began, host } = this;
    const results = this.done.map(({ result = 0n }) => result);
    return { cycles, steps, handler: this.next && { began, results }, host: host.save() };
  }

  /** The handler is begun again and given the results that it had; nothing is performed. */
  restore({ cycles, steps, handler, host }: MonitorState): void {
    this.cycles = cycles;
    this.host.restore(host);
    this.handlers.clear();
    this.next = undefined;
    this.done = [];
    if (handler) {
      this.begin(handler.began);
      for (const result of handler.results) if (this.next) this.advance(this.next, result);
    }
    this.steps = steps;
  }

  private begin(began: HandlerStart): void {
    this.began = began;
    this.steps++;
    this.done = [];
    this.next = this.handlers.begin(this.handlerOf(began));
  }

  private handlerOf(began: HandlerStart): Handler {
    const { technique } = this;
    if (began === 'power-on') return technique.prepare();
    return began === 'end' ? technique.retire() : technique.handle(began);
  }

  /** On to the next operation: the last one has given a result. */
  private advance(last: Operation, result: bigint): void {
    last.result = result;
    this.done.push(last);
    this.next = this.handlers.resume(result);
  }
}
