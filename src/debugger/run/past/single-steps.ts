import { isEarlier, type MachineRun, type Moment, type Recorder } from '../../../session';

/** How far back single steps are looked at first, and how much farther each time that nothing is found. */
const FIRST_WAY = 32;
const FARTHER = 8;
/** An instruction that only notes something first is done at the second time, or the third. */
const TRIES = 4;

/** Looks at the past step by step: instructions, rounds of REP, operations of a monitor. */
export class SingleSteps {
  constructor(
    private readonly recorder: Recorder,
    private readonly run: MachineRun,
  ) {}

  /**
   * Goes to the last moment before the present one, between two steps, at which something holds. It is looked for in
   * stretches that grow, the latest first; where nothing is found, the present moment is come back to.
   *
   * @returns whether there is one
   */
  toLast(holds: () => boolean): boolean {
    const { recorder } = this;
    const { now: end, start } = recorder;
    let bound = end;
    for (let way = FIRST_WAY; ; way *= FARTHER) {
      const steps = Math.max(start.steps, end.steps - way);
      const isFirst = steps === start.steps;
      recorder.goTo(isFirst ? start : { steps, time: 0, entries: 0 });
      const from = recorder.now;
      const found = this.lastIn(bound, holds);
      if (found || isFirst) {
        recorder.goTo(found ?? end);
        return found !== undefined;
      }
      if (isEarlier(from, bound)) bound = from;
    }
  }

  private lastIn(bound: Moment, holds: () => boolean): Moment | undefined {
    const { recorder } = this;
    let found: Moment | undefined;
    while (isEarlier(recorder.now, bound)) {
      if (holds()) found = recorder.now;
      if (!this.stepOne()) break;
    }
    return found;
  }

  get inMonitor(): boolean {
    return this.run.inMonitor;
  }

  /** @returns whether anything was done */
  stepOne(): boolean {
    const { recorder, run } = this;
    const { now } = recorder;
    for (let tries = 0; tries < TRIES; tries++) {
      if (run.inMonitor) run.operate();
      else run.execute(1, true);
      if (isEarlier(now, recorder.now)) return true;
    }
    return false;
  }
}
