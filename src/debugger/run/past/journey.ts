import {
  MOST_FRUITLESS,
  type MachineRun,
  type Moment,
  type Recorder,
  type Stop,
} from '../../../session';
import type { Present, Target } from '../../target';
import type { Goal } from './goal';

/** Those that are known by what stands in the record. */
export type KnownGoal = Exclude<Goal, { kind: 'first' }>;

/** Goes to moments that are known by what had happened by then. */
export class Journey {
  constructor(
    private readonly subject: Present,
    private readonly recorder: Recorder,
    private readonly run: MachineRun,
  ) {}

  /**
   * The recorder is on the timeline that is meant.
   *
   * @returns whether it is reached; otherwise the machine stands at the last moment that is known
   */
  to(goal: KnownGoal): boolean {
    const { recorder } = this;
    switch (goal.kind) {
      case 'start':
        recorder.goTo(recorder.start);
        return true;
      case 'present':
        recorder.goTo(recorder.end);
        return true;
      case 'end-of':
        recorder.goTo(recorder.end);
        return true;
      case 'moment':
        recorder.goTo(goal.moment);
        return true;
      case 'instruction':
        return this.toInstruction(goal.count);
      case 'exit':
        return this.toExit(goal);
    }
  }

  private get completed(): number {
    return this.subject.machine.computer.processor.completed;
  }

  /** What does an instruction in software goes on to its end. */
  private toInstruction(count: number): boolean {
    const { run } = this;
    return this.goOnFrom(count, () => count - this.completed || (run.inMonitor ? 1 : 0));
  }

  private toExit({ number, guest, ...goal }: Goal & { kind: 'exit' }): boolean {
    const target = this.subject.targets[guest];
    const instructions = goal.instructions ?? target?.trace.get(number)?.instructions;
    if (!target || instructions === undefined) return false;
    const { trace } = target;
    return this.goOnFrom(instructions, () => {
      if (trace.total >= number) return 0;
      stopAtExit(target, number);
      return Number.MAX_SAFE_INTEGER;
    });
  }

  /**
   * Goes on from before a number of instructions had been completed.
   *
   * @param left about how much of the way is left, never more; 0 at its end
   */
  private goOnFrom(instructions: number, left: () => number): boolean {
    const { recorder, run } = this;
    const { end } = recorder;
    recorder.goToBefore(instructions);
    for (let stuck = 0, past = false; left() > 0;) {
      if (!recorder.isPast) return false;
      const { now } = recorder;
      const stop: Stop | undefined = run.inMonitor ? run.operate() : run.execute(left(), past);
      past = stop?.kind === 'breakpoint' || stop?.kind === 'hole';
      stuck = isSame(now, recorder.now) ? stuck + 1 : 0;
      if (stuck <= MOST_FRUITLESS) continue;
      recorder.goTo(end);
      return false;
    }
    return true;
  }
}

const isSame = (a: Moment, b: Moment): boolean =>
  a.steps === b.steps && a.time === b.time && a.entries === b.entries;

/** The exits of a program's own hypervisor stop nobody who does not ask. */
function stopAtExit({ monitor, transitions, trace }: Target, number: number): void {
  if (!monitor) transitions.asks = () => trace.total >= number;
}
