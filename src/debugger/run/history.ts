import { isEarlier, type MachineRun, type Moment, type Recorder, type Stop } from '../../session';
import { lineAt } from '../places/program-place';
import type { Present, Target } from '../target';
import type { Breakpoints } from './breakpoints';
import type { Granularity } from './run-settings';
import { stopped, type RunResult } from './stop';
import { transferOf, type Transfer } from './transfers';

const STEPPED = stopped({ kind: 'step' });
const BEGINNING = stopped({ kind: 'beginning' });

/** How far back single steps are looked at first, and how much farther each time that nothing is found. */
const FIRST_WAY = 32;
const FARTHER = 8;
/** The longest instruction, in bytes. */
const LONGEST = 15;

/** Where the program stands, as far as steps back ask. */
interface Standing {
  readonly target: Target;
  readonly side: Target['side'];
  readonly linear: bigint;
  readonly stack: bigint;
  readonly retired: number;
}

const isStore = (result: RunResult): boolean =>
  result.kind === 'stopped' && result.reason.kind === 'data-breakpoint';

/** What the history needs of those who run the machine forward. */
export interface ForwardRun {
  /** Goes on until something stops it, or the recorder's goal has come. */
  goOn(past: boolean): Promise<RunResult>;
  /** Lets others have their turn. @returns whether somebody wants the run to end */
  breathe(): Promise<boolean>;
}

/** Steps and runs into the past. */
export class History {
  constructor(
    private readonly subject: Present,
    private readonly recorder: Recorder,
    private readonly run: MachineRun,
    private readonly breakpoints: Breakpoints,
    private readonly forward: ForwardRun,
  ) {}

  /** Back by an instruction or a line; in the monitor by an operation. */
  async back(granularity: Granularity): Promise<RunResult> {
    if (this.run.inMonitor) return this.lastStep(() => true) ? STEPPED : this.beginning();
    if (!(await this.overOne())) return this.beginning();
    if (granularity === 'line') await this.toLineStart();
    return STEPPED;
  }

  /** Back to the instruction that was executed before the present one, also if it is in somebody who was called. */
  async backInto(): Promise<RunResult> {
    await this.forward.breathe();
    const here = this.standing;
    const isBefore = (): boolean => {
      const now = this.standing;
      if (this.run.inMonitor || now.target !== here.target) return false;
      if (now.target.monitor && now.side !== 'guest') return false;
      return now.retired < here.retired || now.linear !== here.linear;
    };
    return this.lastStep(isBefore) ? STEPPED : this.beginning();
  }

  /** A line may have become several instructions: back while that leads upwards in it. */
  private async toLineStart(): Promise<void> {
    for (;;) {
      const { now } = this.recorder;
      const here = this.standing;
      const line = lineAt(here.target, here.linear);
      if (line === undefined) return;
      const onward = await this.overOne();
      const before = this.standing;
      if (onward && before.linear < here.linear && lineAt(before.target, before.linear) === line) {
        continue;
      }
      this.recorder.goTo(now);
      return;
    }
  }

  /** To the last moment before this one at which something would have stopped the program. */
  async toLastStop(): Promise<RunResult> {
    const { recorder, breakpoints } = this;
    breakpoints.peeking = true;
    try {
      for (let bound = recorder.now; ;) {
        const from = recorder.goToCheckpointBefore(bound);
        if (!from) return this.beginning();
        const last = await recorder.within(bound, () => this.lastStopBefore(bound));
        if (last) {
          recorder.goTo(last.moment);
          // Whoever goes back comes to an instruction from behind: what it has stored is not there yet.
          if (isStore(last.result)) await this.backInto();
          return last.result;
        }
        bound = from;
        if (await this.forward.breathe()) {
          recorder.goTo(from);
          return stopped({ kind: 'pause' });
        }
      }
    } finally {
      breakpoints.peeking = false;
    }
  }

  private async lastStopBefore(
    bound: Moment,
  ): Promise<{ readonly moment: Moment; readonly result: RunResult } | undefined> {
    const { recorder } = this;
    let found: { readonly moment: Moment; readonly result: RunResult } | undefined;
    for (let past = false; ; past = true) {
      const result = await this.forward.goOn(past);
      const isDue = isStore(result) && !isEarlier(bound, recorder.now);
      if (isDue) found = { moment: recorder.now, result };
      if (recorder.hasArrived || !isEarlier(recorder.now, bound)) return found;
      found = { moment: recorder.now, result };
    }
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
    if (!this.lastStep(isBefore)) return false;
    if (!returns(transferOf(this.standing.target))) return true;
    const returned = this.recorder.now;
    const called = await this.lastAt(end, here);
    this.recorder.goTo(called ?? returned);
    return true;
  }

  private get standing(): Standing {
    const { target } = this.subject;
    const { registers } = target.code;
    const { side, linearRip: linear } = target;
    const { retired } = target.computer.processor;
    return { target, side, linear, stack: registers.gpr(4), retired };
  }

  /**
   * Goes to the last moment before the present one, between two single steps, at which something holds.
   *
   * @returns whether there is one
   */
  private lastStep(holds: () => boolean): boolean {
    const { recorder } = this;
    const end = recorder.now;
    const { start } = recorder;
    let bound = end;
    for (let way = FIRST_WAY; ; way *= FARTHER) {
      const steps = Math.max(start.steps, end.steps - way);
      recorder.goTo(steps === start.steps ? start : { steps, time: 0, entries: 0 });
      const from = recorder.now;
      let found: Moment | undefined;
      while (isEarlier(recorder.now, bound)) {
        if (holds()) found = recorder.now;
        if (!this.stepOne()) break;
      }
      if (found) {
        recorder.goTo(found);
        return true;
      }
      if (steps === start.steps) {
        recorder.goTo(end);
        return false;
      }
      if (isEarlier(from, bound)) bound = from;
    }
  }

  /** @returns whether anything was done */
  private stepOne(): boolean {
    const { recorder, run } = this;
    const { now } = recorder;
    for (let tries = 0; tries < 4; tries++) {
      if (run.inMonitor) run.operate();
      else run.execute(1, true);
      if (isEarlier(now, recorder.now)) return true;
    }
    return false;
  }

  /**
   * The last moment before `end` at which an instruction was about to call somebody, who has returned to where the
   * program stood. The calling instruction ends there.
   */
  private async lastAt(
    end: Moment,
    { linear, stack, side }: Standing,
  ): Promise<Moment | undefined> {
    const { recorder, run, subject } = this;
    const candidates = Array.from({ length: LONGEST }, (_, n) => linear - BigInt(n + 1));
    const { processor } = subject.machine.computer;
    const calls = (): boolean => {
      const now = this.standing;
      if (now.side !== side || now.stack !== stack || run.inMonitor) return false;
      return transferOf(now.target).next === linear;
    };
    processor.setBreakpointOffsets(new Set(candidates.map((address) => Number(address & 0xfffn))));
    try {
      for (let bound = end; ;) {
        const from = recorder.goToCheckpointBefore(bound);
        if (!from) return undefined;
        const found = await recorder.within(bound, () => Promise.resolve(this.scan(bound, calls)));
        if (found) return found;
        bound = from;
        if (await this.forward.breathe()) return undefined;
      }
    } finally {
      this.breakpoints.renew();
    }
  }

  /** Runs on to a moment. @returns the last at which the program stood at a breakpoint, and something held */
  private scan(bound: Moment, holds: () => boolean): Moment | undefined {
    const { recorder, run } = this;
    let found: Moment | undefined;
    let past = false;
    while (isEarlier(recorder.now, bound)) {
      const { now } = recorder;
      const stop: Stop | undefined = run.inMonitor
        ? run.operate()
        : run.execute(Number.MAX_SAFE_INTEGER, past);
      past = stop?.kind === 'breakpoint';
      if (past && isEarlier(recorder.now, bound) && holds()) found = recorder.now;
      if (!past && !isEarlier(now, recorder.now)) break;
    }
    return found;
  }
}

const returns = ({ kind }: Transfer): boolean => kind === 'return' || kind === 'interrupt-return';
