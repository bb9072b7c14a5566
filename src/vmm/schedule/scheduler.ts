import type { Persistent } from '../../processor/persistent';
import type { Processor } from '../../processor/processor';
import type { HostTimer } from '../host/host-timer';
import type { Neighbours } from './neighbours';

/** For how long a guest has the processor unless it is said otherwise: half a millisecond. */
export const SLICE = 50_000;

/** A guest, as far as it is a matter of turns. */
export interface Scheduled {
  /** Set for good when it has ended. */
  readonly ended: boolean;
  /** Another one gets the processor: where the monitor is with this one is kept. */
  leave(): void;
  /** It is its turn. */
  arrive(): void;
  readonly host: {
    readonly timer: HostTimer;
    /** Something for which it goes on has come while it rests. */
    readonly isWoken: boolean;
    /** Time alone brings one. */
    readonly wakesByItself: boolean;
    /** When its devices have something to do. */
    readonly deadline: number | undefined;
    /** Brings its devices up to the present time. */
    passTime(): void;
  };
}

export interface SchedulerState {
  readonly present: number;
  readonly sliceEnd: number;
  readonly resting: readonly boolean[];
}

/** Which guest has the processor: each in its turn, for as long as all others. */
export class Scheduler implements Neighbours, Persistent<SchedulerState> {
  /** Whose turn it is. */
  present = 0;
  /** The present guest keeps the processor: somebody steps through it. */
  held = false;
  /** Who is to have it as soon as possible, as somebody wants to look at him. */
  wanted: number | undefined;
  private sliceEnd = 0;
  /** Those that wait for an interrupt. */
  private resting: boolean[];

  constructor(
    private readonly guests: readonly Scheduled[],
    private readonly cpu: Processor,
    /** Whether the host's timer ends slices: where no preemption timer of the technique's does. */
    private readonly byHostTimer: boolean,
    /** For how long a guest has the processor, in units of the processor's time. */
    private readonly slice: number,
  ) {
    this.resting = guests.map(() => false);
  }

  save(): SchedulerState {
    const { present, sliceEnd, resting } = this;
    return { present, sliceEnd, resting: [...resting] };
  }

  restore({ present, sliceEnd, resting }: SchedulerState): void {
    this.present = present;
    this.sliceEnd = sliceEnd;
    this.resting = [...resting];
  }

  get isSliceOver(): boolean {
    if (this.held) return false;
    const { wanted, present } = this;
    return this.cpu.time >= this.sliceEnd || (wanted !== undefined && wanted !== present);
  }

  beginSlice(): void {
    this.resting[this.present] = false;
    this.sliceEnd = this.cpu.time + this.slice;
  }

  /** Whether a guest waits for an interrupt. */
  isResting(number: number): boolean {
    return this.resting[number] === true;
  }

  rest(): void {
    this.resting[this.present] = true;
  }

  findOther(): number | undefined {
    if (this.held) return undefined;
    const { wanted } = this;
    const others = this.others;
    if (wanted !== undefined && others.includes(wanted) && this.canRun(wanted)) return wanted;
    return others.find((number) => this.canRun(number));
  }

  findHeir(): number | undefined {
    return this.findOther() ?? this.others.find((number) => !this.guests[number]?.ended);
  }

  get next(): number {
    return (this.present + 1) % this.guests.length;
  }

  switchTo(number: number): void {
    this.guests[this.present]?.leave();
    this.present = number;
    this.guests[number]?.arrive();
    // It counts for somebody else, and what software has translated was his.
    this.guests[number]?.host.timer.forget();
    this.cpu.flushWorld(1);
    this.beginSlice();
  }

  get othersCanRun(): boolean {
    return this.findOther() !== undefined;
  }

  get othersWake(): boolean {
    return this.hostsOfOthers.some(({ wakesByItself }) => wakesByItself);
  }

  deadlineWith(own: number | undefined): number | undefined {
    const { present, resting, byHostTimer, sliceEnd } = this;
    const all = [own];
    if (!resting[present]) all.push(byHostTimer ? sliceEnd : undefined);
    else all.push(...this.hostsOfOthers.map(({ deadline }) => deadline));
    const known = all.filter((each) => each !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  }

  /** The numbers of all but the present one, in the order of their turns. */
  private get others(): number[] {
    const { length } = this.guests;
    return Array.from({ length: length - 1 }, (_, n) => (this.present + 1 + n) % length);
  }

  /** At the present time; without those that have ended. */
  private get hostsOfOthers(): Scheduled['host'][] {
    const going = this.others.map((number) => this.guests[number]).filter((each) => !each?.ended);
    const hosts = going.flatMap((each) => each?.host ?? []);
    for (const host of hosts) host.passTime();
    return hosts;
  }

  private canRun(number: number): boolean {
    const guest = this.guests[number];
    if (!guest || guest.ended) return false;
    if (!this.resting[number]) return true;
    guest.host.passTime();
    return guest.host.isWoken;
  }
}
