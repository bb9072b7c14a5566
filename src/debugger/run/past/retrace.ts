import { isEarlier, type Moment, type Recorder } from '../../../session';
import type { Present, Target } from '../../target';
import type { Journey } from './journey';
import type { SingleSteps } from './single-steps';

/** Where the program is about to execute an instruction, while the machine stands there. */
export interface Passage {
  readonly target: Target;
  readonly linear: bigint;
  /** Instructions that will have been completed from there to the present, this one included. */
  readonly ago: number;
}

/** So many steps for each instruction that is wanted: what software executes takes more, and shows fewer. */
const MOST_STEPS = 200;

/** Goes the latest way of the program once more, instruction by instruction, and is back where it was. */
export class Retrace {
  constructor(
    private readonly subject: Present,
    private readonly recorder: Recorder,
    private readonly journey: Journey,
    private readonly steps: SingleSteps,
  ) {}

  /**
   * @param count how many instructions of all that the computer executes, up to the present moment
   * @param visit may look at the machine, and change nothing
   */
  visit(count: number, visit: (passage: Passage) => void): void {
    const { recorder } = this;
    const { now: end, instructions: last } = recorder;
    const first = Math.max(0, last - count);
    try {
      this.journey.to({ kind: 'instruction', count: first });
      this.visitUpTo(end, MOST_STEPS * count, (target) => {
        visit({ target, linear: target.linearRip, ago: Math.max(1, last - recorder.instructions) });
      });
    } finally {
      recorder.goTo(end);
    }
  }

  private visitUpTo(end: Moment, most: number, visit: (target: Target) => void): void {
    const { recorder, steps, subject } = this;
    for (let n = 0; n < most && isEarlier(recorder.now, end); n++) {
      if (!steps.inMonitor && subject.target.side !== 'monitor') visit(subject.target);
      if (!steps.stepOne()) return;
    }
  }
}
