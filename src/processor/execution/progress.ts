import type { Engine } from './engine';
import type { Persistent } from '../persistent';

/** What is kept of a processor's progress. */
export interface ProgressState {
  readonly retired: number;
  readonly idle: number;
  readonly events: number;
}

/** How far a processor has come: instructions, and what else takes its time. */
export class Progress implements Persistent<ProgressState> {
  /** Of the stretch that the engine executes. */
  private chunk = 0;
  private before = 0;
  /** Time that passed without instructions, in units of one instruction. */
  private idle = 0;
  /** Events delivered, exits from guest mode, rests in HLT, rounds of repeated instructions. */
  private events = 0;
  /** Those of the instructions that the engine has executed itself. For whoever compares; it is no state. */
  executed = 0;
  /** The instruction has left guest mode instead of completing: it is not counted. */
  left = false;

  constructor(private engine: Engine) {}

  /** Another processor has its turn; what all of them do counts as one. Between two stretches. */
  serve(engine: Engine): void {
    this.engine = engine;
  }

  /** The engine is about to execute so many instructions at most. */
  begin(instructions: number): void {
    this.left = false;
    this.chunk = instructions;
    this.engine.remaining = instructions;
    this.engine.rounds = 0;
  }

  /** The engine comes back after the present instruction. */
  endAfterThis(): void {
    if (this.chunk === 0) return;
    this.chunk -= this.engine.remaining;
    this.engine.remaining = 0;
  }

  /** Adds what the engine has executed to the count. */
  settle(): void {
    const { retired } = this;
    this.executed += retired - this.before;
    this.before = retired;
    this.chunk = 0;
    this.events += this.engine.rounds;
    this.engine.rounds = 0;
  }

  /** The instruction under way, if there is one, did not complete: it is not counted. */
  settleWithoutLast(): void {
    if (this.chunk > this.engine.remaining) this.engine.remaining++;
    this.settle();
  }

  /** Instructions retired since reset, with the one that is under way. */
  get retired(): number {
    if (this.chunk === 0) return this.before;
    return this.before + this.chunk - this.engine.remaining - (this.left ? 1 : 0);
  }

  /** Instructions that were executed and count as none. For whoever compares; it is no state. */
  get uncounted(): number {
    return this.engine.uncounted;
  }

  /** Instructions that are done, without the one that is under way. */
  get completed(): number {
    const underWay = this.chunk > this.engine.remaining ? 1 : 0;
    return this.retired - underWay;
  }

  /** The machine's time: instructions retired, and the time that HLT let pass. */
  get time(): number {
    return this.retired + this.idle;
  }

  /**
   * Instructions retired, rounds of repeated ones, events delivered, exits from guest mode, rests in HLT.
   * Budgets and limits count in it, so that no guest escapes them: a handler that faults at its own first
   * instruction retires nothing, and neither does a repeated instruction of which each iteration exits.
   */
  get work(): number {
    return this.retired + this.events + this.engine.rounds;
  }

  /** Software has done instructions of a guest, or delivered events to it: they count as if they were run here. */
  credit(instructions: number, events = 0): void {
    this.before += instructions;
    this.events += events;
  }

  /** An event is delivered, or guest mode is left. */
  countEvent(): void {
    this.events++;
  }

  /**
   * HLT lets time pass, in units of one instruction.
   *
   * @param ends not if there is more of the same rest to come: only one of its parts counts as an event
   */
  rest(time: number, ends: boolean): void {
    this.idle += time;
    if (ends) this.events++;
  }

  save(): ProgressState {
    return { retired: this.retired, idle: this.idle, events: this.events };
  }

  restore({ retired, idle, events }: ProgressState): void {
    this.chunk = 0;
    this.before = retired;
    this.idle = idle;
    this.events = events;
  }
}
