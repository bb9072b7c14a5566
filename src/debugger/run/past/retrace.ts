import { isEarlier, type Moment, type Recorder } from '../../../session';
import type { Present, Target } from '../../target';
import type { Journey } from './journey';
import type { SingleSteps } from './single-steps';

/** Where the program is about to execute an instruction, or another round of it, while the machine stands there. */
export interface Passage {
  readonly target: Target;
  readonly linear: bigint;
  /** Instructions that the processors have completed by then: those that software does for a guest are none of them. */
  readonly completed: number;
}

/** Looks at the machine where it passes, and changes nothing. */
export interface Passenger {
  pass(passage: Passage): void;
  /** The latest passage of a target came to nothing: it waited there, or an interrupt came first. */
  takeBack(target: Target): void;
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

  /** @param count how many instructions that were completed, of all that the computer executes, up to the present moment */
  take(count: number, passenger: Passenger): void {
    const { recorder } = this;
    const { now: end, instructions } = recorder;
    try {
      this.journey.to({ kind: 'instruction', count: Math.max(0, instructions - count) });
      this.goUpTo(end, MOST_STEPS * count, passenger);
    } finally {
      recorder.goTo(end);
    }
  }

  private goUpTo(end: Moment, most: number, passenger: Passenger): void {
    const { recorder, steps, subject } = this;
    const interruptions = new Interruptions(subject.targets);
    for (let n = 0; n < most && isEarlier(recorder.now, end); n++) {
      const { now } = recorder;
      const { target } = subject;
      const stands = !steps.inMonitor && target.side !== 'monitor';
      if (stands) {
        interruptions.passed(target);
        passenger.pass({ target, linear: target.linearRip, completed: recorder.instructions });
      }
      steps.stepOne();
      const waits = !steps.inMonitor && recorder.now.steps === now.steps;
      const interrupted = interruptions.next(subject.target);
      if (interrupted) passenger.takeBack(interrupted);
      else if (stands && waits) passenger.takeBack(target);
      if (waits && recorder.now.time === now.time) return;
    }
  }
}

/** Knows when an interrupt came instead of the instruction that a target was about to execute. */
class Interruptions {
  private readonly counts: Map<Target, number>;
  private readonly at = new Map<Target, bigint>();

  constructor(targets: readonly Target[]) {
    this.counts = new Map(targets.map((target) => [target, target.events.count]));
  }

  passed(target: Target): void {
    this.at.set(target, target.code.registers.rip);
  }

  /** @param target which went on @returns it, if it was interrupted */
  next(target: Target): Target | undefined {
    const { count, last } = target.events;
    if (count === this.counts.get(target)) return undefined;
    this.counts.set(target, count);
    const isInstead = last?.kind === 'external-interrupt' && last.from === this.at.get(target);
    return isInstead ? target : undefined;
  }
}
