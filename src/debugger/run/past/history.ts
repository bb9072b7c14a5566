import {
  isEarlier,
  type MachineRun,
  type Moment,
  type Recorder,
  type Timeline,
} from '../../../session';
import { LONGEST_INSTRUCTION } from '../../../isa/instructions/length';
import type { LineEntry } from '../../../program';
import { lineAt } from '../../places/program-place';
import { linePlaceAt } from '../../places/statements';
import { Unwinder, type Activation } from '../../places/unwind';
import { linearRip } from '../../registers/registers';
import type { Side } from '../../techniques';
import type { Present, Target, World } from '../../target';
import type { Breakpoints, Watchpoint } from '../breakpoints';
import type { Condition } from '../reaction';
import {
  ASKED,
  type ActivationPlace,
  type BackwardCommand,
  type Granularity,
} from '../run-settings';
import { isStore, stopped, type RunResult } from '../stop';
import { transferOf, type Transfer } from '../transfers';
import { Executed } from './executed';
import type { Goal } from './goal';
import { Journey } from './journey';
import { replayTo } from './replay';
import { Retrace } from './retrace';
import { Search } from './search';
import { SingleSteps } from './single-steps';
import { standingOf, type Standing } from './standing';

const STEPPED = stopped({ kind: 'step' });
const BEGINNING = stopped({ kind: 'beginning' });
const ARRIVED = stopped({ kind: 'arrived' });
const PAUSED = stopped({ kind: 'pause' });
const REPLAYED = {
  there: stopped({ kind: 'recorded' }),
  paused: PAUSED,
  astray: stopped({ kind: 'astray' }),
};
const WRITER = stopped({ kind: 'writer' });
const NO_MOMENT = stopped({ kind: 'no-moment' });
const NO_WRITER = stopped({ kind: 'no-writer' });

/** What the history needs of those who run the machine forward. */
export interface ForwardRun {
  /** Goes on until something stops it, or the recorder's goal has come. */
  goOn(past: boolean): Promise<RunResult>;
  /** Lets others have their turn. @returns whether somebody wants the run to end */
  breathe(): Promise<boolean>;
}

/** A stop in the past. */
interface Found {
  readonly moment: Moment;
  readonly result: RunResult;
}

/** Steps and runs into the past, and to moments that are known. */
export class History {
  private readonly steps: SingleSteps;
  private readonly search: Search;
  private readonly journey: Journey;
  readonly retrace: Retrace;

  constructor(
    private readonly subject: Present,
    private readonly recorder: Recorder,
    private readonly run: MachineRun,
    private readonly breakpoints: Breakpoints,
    private readonly forward: ForwardRun,
  ) {
    this.steps = new SingleSteps(recorder, run);
    this.search = new Search(subject, recorder, run, breakpoints, () => forward.breathe());
    this.journey = new Journey(subject, recorder, run);
    this.retrace = new Retrace(subject, recorder, this.journey, this.steps);
  }

  /** @param guest the number of the guest, or processor, that steps back: from where it stands */
  async go(command: BackwardCommand, guest?: number): Promise<RunResult> {
    const result = await this.dispatch(command, guest);
    if (!this.isPlace) this.run.execute(1, true);
    return result;
  }

  /** What of the programs was executed by now; undefined where somebody wanted no more of the search. */
  executed(): Promise<ReadonlySet<LineEntry> | undefined> {
    const { subject, recorder, run, breakpoints, forward } = this;
    return new Executed(subject, recorder, run, breakpoints, () => forward.breathe()).find();
  }

  private dispatch(command: BackwardCommand, guest?: number): RunResult | Promise<RunResult> {
    if (command.kind.startsWith('step') && !this.bring(guest)) return this.beginning();
    switch (command.kind) {
      case 'step-back':
        return this.over(command.granularity ?? 'line');
      case 'step-back-into':
        return this.into(command.granularity ?? 'line');
      case 'step-back-instruction':
        return this.instruction();
      case 'step-back-out':
        return this.out();
      case 'reverse-continue':
        return this.toLastStop();
      case 'last-store':
        return this.toLastStore(command.at);
      case 'restart-frame':
        return this.restart(command.frame);
      case 'go-to':
        return this.goTo(command.goal);
      case 'replay':
        return this.replay(command.moment);
    }
  }

  private async goTo(goal: Goal): Promise<RunResult> {
    if (goal.kind === 'first') return this.toFirst(goal.holds);
    const timeline = 'timeline' in goal ? goal.timeline : this.recorder.timeline;
    return (await this.changeTo(timeline)) ?? (this.journey.to(goal) ? ARRIVED : BEGINNING);
  }

  /**
   * Over to another timeline and to its end, from where both were the same: what is remembered of it, such as its exits,
   * comes again.
   *
   * @returns a result that ends the journey there
   */
  private async changeTo(timeline: Timeline): Promise<RunResult | undefined> {
    const { recorder, run, forward } = this;
    if (timeline === recorder.timeline) return undefined;
    recorder.leaveFor(timeline);
    const there = await replayTo(timeline.end, recorder, run, () => forward.breathe());
    return there === 'paused' ? PAUSED : undefined;
  }

  private async replay(moment: Moment): Promise<RunResult> {
    const { recorder, run, forward } = this;
    this.isReplaying = true;
    try {
      return REPLAYED[await replayTo(moment, recorder, run, () => forward.breathe())];
    } finally {
      this.isReplaying = false;
    }
  }

  /** What was recorded elsewhere is done for the first time here. */
  isReplaying = false;

  /** To where a guest had the processor last. @returns whether it ever had it */
  private bring(guest: number | undefined): boolean {
    const { subject } = this;
    const wanted = guest === undefined ? subject.target : subject.targets[guest];
    if (!wanted || wanted === subject.target) return true;
    return this.steps.toLast(() => subject.target === wanted && this.isInProgram);
  }

  /** Back by an instruction or a line, over what it called; in the monitor by an operation. */
  private async over(granularity: Granularity): Promise<RunResult> {
    if (this.run.inMonitor) return this.into(granularity);
    if (!(await this.overOne())) return this.beginning();
    if (granularity === 'line') await this.toLineStart(() => this.overOne());
    return STEPPED;
  }

  /** Back by whatever was done last, wherever that was: to the end of a function that returned, or of a handler. */
  private async into(granularity: Granularity): Promise<RunResult> {
    const { side } = this.standing;
    if (!this.steps.toLast(() => this.isPlace)) return this.beginning();
    const stayed = this.isInProgram && this.standing.side === side;
    if (stayed && granularity === 'line') {
      await this.toLineStart(() => Promise.resolve(this.steps.toLast(() => this.isPlace)));
    }
    return STEPPED;
  }

  /** Back to the instruction that was executed before, also if it is in somebody who was called. */
  private instruction(): RunResult {
    const here = this.standing;
    const isBefore = (): boolean => {
      const now = this.standing;
      if (this.run.inMonitor || now.target !== here.target) return false;
      if (now.target.monitor && now.side !== 'guest') return false;
      return now.retired < here.retired || now.linear !== here.linear;
    };
    return this.steps.toLast(isBefore) ? STEPPED : this.beginning();
  }

  /** To where the present function was called, or the present handler got control. */
  private async out(): Promise<RunResult> {
    const { run, recorder, standing: here } = this;
    if (run.inMonitor) {
      return this.steps.toLast(() => this.isInProgram) ? STEPPED : this.beginning();
    }
    const { target, side } = here;
    const world = side === 'hypervisor' ? target.hostWorld : target.guestWorld;
    const [caller] = world ? new Unwinder(target, world) : [];
    if (!caller) return this.beginning();
    const end = recorder.now;
    const moment = await this.entryFrom(caller, end, here);
    if (moment) recorder.goTo(moment);
    return moment ? STEPPED : this.nowhere(end);
  }

  /** The moment before control came from an activation to the one that was called by it, or has interrupted it. */
  private async entryFrom(
    { registers, via }: Activation,
    end: Moment,
    { side, target }: Standing,
  ): Promise<Moment | undefined> {
    const linear = linearRip(registers);
    if (via === undefined || via === 'syscall') {
      const stack = via === undefined ? registers.gpr(4) : undefined;
      return this.lastCall(end, { linear, stack, side });
    }
    const delivered = await this.search.last(end, { deliveries: true }, () => {
      const { last } = this.subject.target.events;
      return last?.stack === via.stack && last.vector === via.vector;
    });
    if (!delivered) return undefined;
    this.recorder.goTo(delivered);
    const isThere = (): boolean => this.isInProgram && this.subject.target === target;
    return this.steps.toLast(isThere) ? this.recorder.now : undefined;
  }

  /** A line may have become several instructions: back while that leads upwards in it. */
  private async toLineStart(back: () => Promise<boolean>): Promise<void> {
    for (;;) {
      const { now } = this.recorder;
      const here = this.standing;
      const line = lineAt(here.target, here.linear);
      if (line === undefined) return;
      const onward = await back();
      const before = this.standing;
      // A compiled line may be left and come back to; of an assembled one each time is one of its own.
      const { isCompiled } = linePlaceAt(here.target, here.linear);
      const same = before.side === here.side && (isCompiled || before.linear < here.linear);
      if (onward && same && lineAt(before.target, before.linear) === line) continue;
      this.recorder.goTo(now);
      return;
    }
  }

  /** To the beginning of an activation. Where it began is not known of all: then to the beginning of everything. */
  private async restart(place: ActivationPlace): Promise<RunResult> {
    const { run, recorder, steps, standing: here } = this;
    if (place.kind === 'handler') {
      const begins = (): boolean =>
        run.inMonitor && here.target.monitor?.activity?.done.length === 0;
      return begins() || steps.toLast(begins) ? ARRIVED : this.beginning();
    }
    const { target } = here;
    const world = place.side === 'host' ? target.hostWorld : target.guestWorld;
    const caller = world && [...new Unwinder(target, world)][place.depth];
    if (!caller) return this.beginning();
    const end = recorder.now;
    const moment = await this.entryFrom(caller, end, { ...here, side: sideOf(target, place.side) });
    if (!moment) return this.nowhere(end);
    recorder.goTo(moment);
    // What calls, or lets itself be interrupted, is done; software may take many operations for it.
    do {
      if (run.inMonitor) run.operate();
      else run.execute(1, true);
    } while (isEarlier(recorder.now, end) && !this.isCode);
    return ARRIVED;
  }

  /** Whether the program stands at an instruction of its own. */
  private get isCode(): boolean {
    return !this.run.inMonitor && this.isInProgram;
  }

  /** To the first moment of all at which something holds, step by step; back here where there is none. */
  private async toFirst(holds: Condition): Promise<RunResult> {
    const { recorder, breakpoints } = this;
    const { now, end, start } = recorder;
    recorder.goTo(start);
    if (holds()) return ARRIVED;
    breakpoints.watch(ASKED, [{ id: 0, value: () => (holds() ? 1n : 0n) }]);
    breakpoints.peeking = true;
    try {
      const found = await recorder.within(end, () => this.firstStop((stop) => isStore(stop, 0)));
      if (found) return isPause(found) ? found : ARRIVED;
      recorder.goTo(now);
      return NO_MOMENT;
    } finally {
      breakpoints.peeking = false;
      breakpoints.watch(ASKED, []);
    }
  }

  /** @returns undefined where the goal of the run comes before any that is wanted */
  private async firstStop(isWanted: (stop: RunResult) => boolean): Promise<RunResult | undefined> {
    for (let past = false; ; past = true) {
      const result = await this.forward.goOn(past);
      if (isPause(result) || isWanted(result)) return result;
      if (this.recorder.hasArrived || result.kind === 'ended') return undefined;
    }
  }

  /** To the last moment before this one at which something would have stopped the program. */
  private async toLastStop(): Promise<RunResult> {
    return (await this.toLast(() => true)) ?? this.nowhere(this.recorder.now);
  }

  /** To the last step that has changed something; back here where there is none. */
  private async toLastStore(at: Watchpoint): Promise<RunResult> {
    const { recorder, breakpoints } = this;
    const { now } = recorder;
    breakpoints.watch(ASKED, [at]);
    try {
      const last = await this.toLast((result) => isStore(result, at.id));
      if (last) return isPause(last) ? last : WRITER;
      if (await this.forward.breathe()) return PAUSED;
      recorder.goTo(now);
      return NO_WRITER;
    } finally {
      breakpoints.watch(ASKED, []);
    }
  }

  /** To the last moment before this one at which a stop of some kind would have come. @returns undefined: there is none */
  private async toLast(isWanted: (result: RunResult) => boolean): Promise<RunResult | undefined> {
    const { recorder, breakpoints, search } = this;
    const wanted = (result: RunResult): boolean => isPause(result) || isWanted(result);
    breakpoints.peeking = true;
    try {
      const last = await search.backwards(recorder.now, (bound) =>
        this.lastStopBefore(bound, wanted),
      );
      if (!last) return undefined;
      recorder.goTo(last.moment);
      // Whoever goes back comes to a step from behind: what it has changed is not so yet.
      if (isStore(last.result))
        await (this.run.inMonitor ? this.into('instruction') : this.instruction());
      return last.result;
    } finally {
      breakpoints.peeking = false;
    }
  }

  /** One that somebody asks for ends the search. */
  private async lastStopBefore(
    bound: Moment,
    isWanted: (result: RunResult) => boolean,
  ): Promise<Found | undefined> {
    const { recorder } = this;
    let found: Found | undefined;
    for (let past = false; ; past = true) {
      const result = await this.forward.goOn(past);
      const ends = recorder.hasArrived || !isEarlier(recorder.now, bound);
      const isDue = isStore(result) && !isEarlier(bound, recorder.now);
      if ((!ends || isDue) && isWanted(result)) found = { moment: recorder.now, result };
      if (ends || isPause(result)) return found;
    }
  }

  /** Nothing was found: up to the beginning, or somebody wanted no more of it and is shown some moment. */
  private async nowhere(moment: Moment): Promise<RunResult> {
    if (!(await this.forward.breathe())) return this.beginning();
    this.recorder.goTo(moment);
    return PAUSED;
  }

  private beginning(): RunResult {
    this.recorder.goTo(this.recorder.start);
    return BEGINNING;
  }

  /** To the instruction that was executed before, in the present activation. @returns whether there is one */
  private async overOne(): Promise<boolean> {
    const here = this.standing;
    const isBefore = (): boolean => {
      const now = this.standing;
      if (this.run.inMonitor || now.target !== here.target || now.side !== here.side) return false;
      return now.retired < here.retired || now.linear !== here.linear;
    };
    const end = this.recorder.now;
    if (!this.steps.toLast(isBefore)) return false;
    if (!returns(transferOf(this.standing.target))) return true;
    const returned = this.recorder.now;
    this.recorder.goTo((await this.lastCall(end, here)) ?? returned);
    return true;
  }

  /**
   * The last moment before `end` at which an instruction was about to call somebody, who returns to a place. The calling
   * instruction ends there.
   *
   * @param stack undefined: wherever the stack was
   */
  private lastCall(
    end: Moment,
    { linear, stack, side }: Pick<Standing, 'linear' | 'side'> & { stack?: bigint | undefined },
  ): Promise<Moment | undefined> {
    const instructions = Array.from(
      { length: LONGEST_INSTRUCTION },
      (_, n) => linear - BigInt(n + 1),
    );
    return this.search.last(end, { instructions }, () => {
      const now = this.standing;
      if (now.side !== side || this.run.inMonitor) return false;
      if (stack !== undefined && now.stack !== stack) return false;
      return transferOf(now.target).next === linear;
    });
  }

  private get isInProgram(): boolean {
    return this.subject.target.side !== 'monitor';
  }

  /** Nobody stands at the monitor's gate: it takes control there. */
  private get isPlace(): boolean {
    return this.run.inMonitor || this.isInProgram;
  }

  private get standing(): Standing {
    return standingOf(this.subject);
  }
}

/** Whose code an activation is of, as long as it has control. */
function sideOf(target: Target, side: World['side']): Side {
  if (side === 'guest') return target.host ? 'guest' : target.side;
  return 'hypervisor';
}

const isPause = (result: RunResult): boolean =>
  result.kind === 'stopped' && result.reason.kind === 'pause';
const returns = ({ kind }: Transfer): boolean => kind === 'return' || kind === 'interrupt-return';
