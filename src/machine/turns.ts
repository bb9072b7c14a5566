import type { Persistent } from '../processor/persistent';
import type { Processor } from '../processor/processor';

/** Whose turn it is. */
export interface TurnsState {
  readonly present: number;
  /** When the turn ends, in units of `Processor.work`. */
  readonly end: number;
  /** What the length of the next one comes from; 31 bits. */
  readonly seed: number;
}

/** Whose turn it is, for whoever debugs what is done in turns: processors of a computer, or guests of a monitor. */
export interface Scheduling {
  readonly present: number;
  /** The present one keeps its turn: somebody steps through it. */
  set held(held: boolean);
  /** Who is to have the turn as soon as possible. */
  wanted: number | undefined;
  isResting(number: number): boolean;
}

/** The shortest turn in units of work, and how much longer the longest is. */
const SHORTEST = 500;
const SPREAD = 1000;

/**
 * The turns of a computer's processors: each executes for a while, in the order of their numbers; those that rest are
 * passed over. They have one time, which goes on with whatever any of them does. So what one of them has written, all
 * see from then on, their time-stamp counters agree, and a run can be repeated. Turns have different lengths: loops of
 * one processor might fall into step with those of one length, and never let another have a lock.
 */
export class Turns implements Persistent<TurnsState>, Scheduling {
  /** Who is to have the turn as soon as possible, as somebody wants to look at it. */
  wanted: number | undefined;
  /** Who keeps the turn while it is awake: somebody steps through what it does. */
  private keeper: number | undefined;
  private number = 0;
  private end = Number.MAX_SAFE_INTEGER;
  private seed = 1;

  constructor(
    private readonly processors: readonly [Processor, ...Processor[]],
    /** Another processor executes from now on. */
    private readonly onTurn: (number: number) => void,
  ) {
    if (processors.length > 1) this.end = SHORTEST;
  }

  /** The number of the processor whose turn it is. */
  get present(): number {
    return this.number;
  }

  get processor(): Processor {
    return this.processors[this.number] ?? this.processors[0];
  }

  /** The present processor keeps its turn; others go on only while it rests. */
  set held(held: boolean) {
    this.keeper = held ? this.number : undefined;
  }

  /** Whether a processor waits for something to come. */
  isResting(number: number): boolean {
    return this.processors[number]?.isAwake === false;
  }

  /** What it may do until another one may want its turn. */
  get left(): number {
    return Math.max(1, this.end - this.processor.work);
  }

  /** Looks for the next one, if the turn is over. */
  changeIfOver(): void {
    if (this.processor.work >= this.end) this.change();
  }

  /** The turn is over. @returns whether another processor has it now; all others may be resting */
  change(): boolean {
    const { processors, number } = this;
    if (processors.length === 1) return false;
    const favoured = this.keeper ?? this.wanted;
    const round = processors.map((_, n) => (number + 1 + n) % processors.length);
    const order = favoured === undefined ? round : [favoured, ...round];
    const next = order.find((n) => processors[n]?.isAwake) ?? number;
    this.end = this.processor.work + this.nextLength();
    if (next === number) return false;
    this.give(next);
    return true;
  }

  /** The processor waits for another one: its turn is over after the present instruction. */
  pass(): void {
    const { processors, processor } = this;
    if (processors.length === 1) return;
    this.end = processor.work;
    processor.requestStop();
  }

  private nextLength(): number {
    // A linear congruential generator, of which the upper bits are good enough.
    this.seed = (Math.imul(this.seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return SHORTEST + ((this.seed >>> 12) % SPREAD);
  }

  private give(next: number): void {
    this.processor.stepAside();
    this.number = next;
    this.processor.takeTurn();
    this.onTurn(next);
  }

  save(): TurnsState {
    return { present: this.number, end: this.end, seed: this.seed };
  }

  /** Before the processors are. */
  restore({ present, end, seed }: TurnsState): void {
    if (present !== this.number) this.give(present);
    this.end = end;
    this.seed = seed;
  }
}
