import type { Persistent } from '../../processor/persistent';
import { PAGE_SIZE } from '../../processor/state/layout';
import type { Machine } from '../machine';
import type { Journal, MachineRun, Stop } from '../run';
import { Checkpoints, drop, leastMissed, type Checkpoint } from './checkpoints';
import { applyControls, NO_CONTROLS, sameControls, type Controls } from './controls';
import { courseOf, entriesOf, type Course } from './course';
import { applyInput, type Input } from './input';
import { compareMoments, isBefore, isEarlier, type Moment } from './moment';
import { PageHistory } from './page-history';
import { sizeOf } from './size';
import type { Entry, Timeline } from './timeline';

export interface RecorderOptions {
  /** About how many bytes checkpoints may take. */
  readonly memory: number;
  /** Checkpoints stand no closer than so many steps, but where somebody goes. */
  readonly spacing?: number;
}

const SPACING = 2_000_000;
/** And they take no more than one part of so many of the time. */
const SHARE = 12;
/** On the way to a moment, checkpoints so many steps before it: whoever goes back goes on going back. */
const WAYPOINTS = [2_000_000, 200_000, 20_000] as const;

/** So often the machine may be let go on without a step. */
export const MOST_FRUITLESS = 4;

/**
 * Takes down what decides how a machine goes on, so that each moment of its past can be visited: the nearest checkpoint
 * before it is put back, and the machine goes on from there as it did. In the past, what was taken down comes again at
 * its time. Whoever changes something there begins a timeline of his own.
 */
export class Recorder implements Journal {
  /** What somebody else remembers of the run, to be put back with the machine. */
  beside: Persistent<unknown> | undefined;
  /** A change in the past has begun another timeline. */
  onFork: () => void = () => undefined;
  private readonly pages: PageHistory;
  private readonly all: Timeline[];
  private present: Timeline;
  /** How many entries of the present timeline have come by now. */
  private come = 0;
  private controls = NO_CONTROLS;
  /** Where the run ends that is under way to some moment. */
  private goal: Moment | undefined;
  /** Whether that run takes down checkpoints. */
  private keeping = false;
  /** At how many steps a checkpoint is due. */
  private due = 0;
  private readonly closest: number;
  private spacing: number;
  private bytes = 0;
  private took = 0;
  private lastTaken = performance.now();

  /**
   * @param run everything that the machine does is done by it
   */
  constructor(
    private readonly machine: Machine,
    private readonly run: MachineRun,
    private readonly options: RecorderOptions,
  ) {
    this.closest = this.spacing = options.spacing ?? SPACING;
    const { memory, processor } = machine.computer;
    this.pages = new PageHistory(memory, processor.caches);
    this.present = this.begun([], new Checkpoints());
    this.all = [this.present];
    run.journal = this;
  }

  /** Takes down where everything begins, before anything has been done. */
  begin(): void {
    this.checkpoint(true, this.pages.present);
    this.due = this.steps + this.spacing;
  }

  /** What leads from the beginning to the end of the present timeline. */
  get course(): Course {
    this.noteEnd();
    return courseOf(this.present);
  }

  /** What was recorded elsewhere is to come again: right after `begin`, on a machine that is the same. */
  adopt(course: Course): void {
    const { present, pages } = this;
    present.entries.push(...entriesOf(course, pages.present));
    present.end = course.end;
    present.instructions = course.instructions;
  }

  get now(): Moment {
    return { steps: this.steps, time: this.machine.computer.processor.time, entries: this.come };
  }

  /** The moment up to which everything is known. */
  get end(): Moment {
    return this.isPast ? this.present.end : this.now;
  }

  /** The moment with which everything begins. */
  get start(): Moment {
    return this.present.checkpoints.all[0]?.moment ?? this.now;
  }

  /** Whether what comes next is known. */
  get isPast(): boolean {
    const { entries, end } = this.present;
    return this.come < entries.length || isBefore(this.now, end);
  }

  /** How many instructions had been completed at the last moment that is known. */
  get lastInstructions(): number {
    return this.isPast ? this.present.instructions : this.instructions;
  }

  /** How many instructions have been completed. */
  get instructions(): number {
    return this.machine.computer.processor.completed;
  }

  get timelines(): readonly Timeline[] {
    return this.all;
  }

  get timeline(): Timeline {
    return this.present;
  }

  /** About how many bytes are kept. */
  get size(): number {
    return this.bytes;
  }

  private get steps(): number {
    const { machine } = this;
    return machine.computer.processor.work + machine.monitorSteps;
  }

  /** Something comes from outside now. */
  input(input: Input): void {
    this.fork();
    applyInput(this.machine, input);
    this.enter({ ...this.now, kind: 'input', input });
  }

  /** Something has been changed by hand. */
  edited(): void {
    this.fork();
    this.come++;
    const result = this.checkpoint(true);
    this.present.entries.push({ ...this.now, kind: 'edit', result });
  }

  /** What somebody who steps asks for, from now on; in the past it is as it was. */
  control(change: Partial<Controls>): void {
    const controls = { ...this.controls, ...change };
    if (this.isPast || sameControls(controls, this.controls)) return;
    this.setControls(controls);
    this.enter({ ...this.now, kind: 'controls', controls });
  }

  private enter(entry: Entry): void {
    this.present.entries.push(entry);
    this.come++;
  }

  private setControls(controls: Controls): void {
    this.controls = controls;
    applyControls(this.machine, controls);
  }

  /** What is done from now on is not what was done: the present timeline stays as it is. */
  private fork(): void {
    if (!this.isPast) return;
    const { entries, checkpoints } = this.present;
    this.present = this.begun(entries.slice(0, this.come), checkpoints.upTo(this.now));
    this.all.push(this.present);
    this.control(NO_CONTROLS);
    this.onFork();
  }

  private begun(entries: Entry[], checkpoints: Checkpoints): Timeline {
    const { now: end, instructions } = this;
    return {
      number: ++this.timelinesBegun,
      begins: instructions,
      entries,
      checkpoints,
      end,
      instructions,
    };
  }

  /** How many timelines there have been. */
  private timelinesBegun = 0;

  /**
   * Goes over to another timeline, at the last checkpoint of both. Whoever goes on from there to its end has seen all of
   * it that is not known from here.
   */
  leaveFor(timeline: Timeline): void {
    this.noteEnd();
    const { all } = this.present.checkpoints;
    this.present = timeline;
    const shared = timeline.checkpoints.all.findLast((checkpoint) => all.includes(checkpoint));
    if (shared) this.restore(shared);
  }

  /** A timeline that is not the present one is not wanted any more. */
  dropTimeline(timeline: Timeline): void {
    if (timeline === this.present) return;
    this.all.splice(this.all.indexOf(timeline), 1);
    const kept = new Set(this.all.flatMap(({ checkpoints }) => checkpoints.all));
    for (const checkpoint of timeline.checkpoints.all) {
      if (!kept.has(checkpoint)) this.bytes -= bytesOf(checkpoint);
    }
  }

  /** Goes to a moment that is known. */
  goTo(target: Moment): void {
    this.noteEnd();
    const { now } = this;
    const from = this.present.checkpoints.lastUpTo(target);
    const ahead = !isBefore(target, now) && (!from || !isBefore(now, from.moment));
    if (!ahead && from) this.restore(from);
    this.advance(target);
  }

  /**
   * Goes to the last checkpoint from which the machine has to go on to come to a moment.
   *
   * @returns its moment; undefined where there is none
   */
  goToCheckpointBefore(moment: Moment): Moment | undefined {
    this.noteEnd();
    const { all } = this.present.checkpoints;
    const from = all.findLast((checkpoint) => isEarlier(checkpoint.moment, moment));
    if (!from) return undefined;
    this.restore(from);
    return this.now;
  }

  /** Goes to the last checkpoint at which less than so many instructions had been completed, or to the first one. */
  goToBefore(instructions: number): void {
    this.noteEnd();
    const { all } = this.present.checkpoints;
    const from = all.findLast((checkpoint) => checkpoint.instructions < instructions) ?? all[0];
    if (from) this.restore(from);
  }

  /**
   * Somebody lets the machine go on from where it is to a moment that is known: nothing goes beyond that.
   *
   * @param keeping whether checkpoints are taken down on the way
   */
  async within<T>(goal: Moment, act: () => Promise<T>, keeping = false): Promise<T> {
    this.goal = goal;
    this.keeping = keeping;
    this.due = keeping ? this.steps + this.spacing : Infinity;
    try {
      return await act();
    } finally {
      this.goal = undefined;
      this.keeping = false;
      this.due = this.steps + this.spacing;
    }
  }

  /** Whether that moment has come. */
  get hasArrived(): boolean {
    return this.goal !== undefined && !isBefore(this.now, this.goal);
  }

  private noteEnd(): void {
    if (this.isPast) return;
    this.present.end = this.now;
    this.present.instructions = this.instructions;
  }

  /** Lets the machine go on to a moment that is known. */
  private advance(target: Moment): void {
    const { run } = this;
    let waypoints: readonly number[] = WAYPOINTS.map((way) => target.steps - way);
    let fruitless = 0;
    let past = false;
    this.goal = target;
    try {
      for (;;) {
        const { now } = this;
        waypoints = waypoints.filter((steps) => steps > now.steps);
        this.due = waypoints[0] ?? Infinity;
        this.comeBy();
        if (!isBefore(this.now, target)) return;
        const budget = Math.min(target.steps, this.due) - this.steps;
        const stop: Stop | undefined = run.inMonitor ? run.operate() : run.execute(budget, past);
        past = stop?.kind === 'breakpoint';
        // Some ends are only noted first, and take their steps when the machine is to go on.
        fruitless = compareMoments(now, this.now) === 0 ? fruitless + 1 : 0;
        if (fruitless > MOST_FRUITLESS) throw new Error('a known moment is not reached');
      }
    } finally {
      this.goal = undefined;
      this.due = this.steps + this.spacing;
    }
  }

  /** Before something is done: see `Journal`. */
  before(budget: number): number {
    if (this.steps >= this.due) this.takeIfDue();
    if (!this.isPast && this.goal === undefined) {
      this.machine.computer.restUntil = Infinity;
      return budget;
    }
    this.comeBy();
    const { entries, end } = this.present;
    const last = this.goal ?? end;
    const limit = earliest(last, entries[this.come] ?? last);
    this.machine.computer.restUntil = limit.time;
    return Math.max(0, Math.min(budget, limit.steps - this.steps));
  }

  /** What is to come by now does. */
  private comeBy(): void {
    for (;;) {
      const entry = this.present.entries[this.come];
      const { now, goal } = this;
      if (!entry || entry.steps > now.steps || entry.time > now.time) return;
      if (goal && compareMoments(now, goal) === 0) return;
      if (entry.kind === 'edit') {
        this.comeEdited(entry.result);
        continue;
      }
      this.come++;
      if (entry.kind === 'input') applyInput(this.machine, entry.input);
      else this.setControls(entry.controls);
    }
  }

  /** What was changed by hand is. */
  private comeEdited(result: Checkpoint): void {
    const { entries, checkpoints } = this.present;
    if (checkpoints.has(result)) {
      this.restore(result);
      return;
    }
    // It was recorded elsewhere. What somebody remembers of the run is what he has seen of it here.
    const beside = this.beside?.save();
    const known = { ...result, beside };
    this.restore(known);
    const { steps, time } = result.moment;
    entries[this.come - 1] = { steps, time, kind: 'edit', result: known };
    checkpoints.add(known);
    this.bytes += bytesOf(known);
  }

  private takeIfDue(): void {
    if (this.goal === undefined) {
      this.due = this.steps + this.spacing / 8;
      if (this.isPast || performance.now() - this.lastTaken < SHARE * this.took) return;
    }
    this.checkpoint(false);
    if (this.goal === undefined || this.keeping) this.due = this.steps + this.spacing;
  }

  private checkpoint(pinned: boolean, taken = this.pages.take()): Checkpoint {
    const start = performance.now();
    const checkpoint: Checkpoint = {
      moment: this.now,
      instructions: this.instructions,
      memory: taken,
      state: this.machine.saveBesideMemory(),
      controls: this.controls,
      beside: this.beside?.save(),
      pinned,
    };
    this.present.checkpoints.add(checkpoint);
    this.bytes += bytesOf(checkpoint);
    this.thin();
    this.lastTaken = performance.now();
    this.took = this.lastTaken - start;
    return checkpoint;
  }

  private restore({ moment, memory, state, controls, beside }: Checkpoint): void {
    const { machine } = this;
    this.pages.restore(memory);
    machine.restore(state);
    this.pages.settle();
    this.come = moment.entries;
    this.setControls(controls);
    this.beside?.restore(beside);
  }

  /** Checkpoints go until those that are left fit. */
  private thin(): void {
    const courses = this.all.map(({ checkpoints }) => checkpoints);
    while (this.bytes > this.options.memory) {
      const gone = leastMissed(courses, this.pages.present);
      if (!gone) return;
      const state = bytesOf(gone) - gone.memory.pages.size * PAGE_SIZE;
      this.bytes -= drop(courses, gone) + state;
      const { all } = this.present.checkpoints;
      const way = (all.at(-1)?.moment.steps ?? 0) - (all[0]?.moment.steps ?? 0);
      this.spacing = Math.max(this.closest, Math.floor(way / all.length));
    }
  }
}

const earliest = <
  M extends Pick<Moment, 'steps' | 'time'>,
  N extends Pick<Moment, 'steps' | 'time'>,
>(
  a: M,
  b: N,
): M | N => ((a.steps - b.steps || a.time - b.time) <= 0 ? a : b);

const bytesOf = ({ memory, state, beside }: Checkpoint): number =>
  memory.pages.size * PAGE_SIZE + sizeOf(state) + sizeOf(beside);
