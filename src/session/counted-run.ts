import { linearRipOf } from '../processor/state/linear-rip';
import type { Outcome } from './end';
import { instructionsOf } from './cost/measurement';
import type { Machine } from './machine';
import { MachineRun, type Stop } from './run';

/** What happens when the guest comes to a linear address, before the instruction there. */
export type Marks = ReadonlyMap<bigint, () => void>;

/** Work for each instruction, beyond which a guest is given up that only faults, exits or repeats. */
const WORK_PER_INSTRUCTION = 16;

/**
 * Runs a machine by the count of instructions that its guest has completed, which are the same whoever executes
 * them. Nobody types, and nobody watches.
 */
export class CountedRun {
  private readonly run: MachineRun;
  private passing = false;

  constructor(
    readonly machine: Machine,
    private readonly marks: Marks = new Map(),
  ) {
    this.run = new MachineRun(machine);
    if (marks.size === 0) return;
    const offsets = new Set([...marks.keys()].map((linear) => Number(linear & 0xfffn)));
    for (const processor of machine.processors) processor.setBreakpointOffsets(offsets);
  }

  get instructions(): number {
    return instructionsOf(this.machine);
  }

  /**
   * Up to so many instructions, and to the guest's next one.
   *
   * @returns how the guest has ended; undefined where it goes on
   */
  to(instructions: number): Outcome | undefined {
    const { machine, run } = this;
    const { processor } = machine.computer;
    const enough = instructions * WORK_PER_INSTRUCTION;
    for (;;) {
      const left = instructions - this.instructions;
      if (!run.inMonitor && (left <= 0 || processor.work >= enough)) return undefined;
      const stop = run.inMonitor ? run.operate() : run.execute(left, this.takePassing());
      const outcome = stop && this.after(stop);
      if (outcome) return outcome;
    }
  }

  private takePassing(): boolean {
    const { passing } = this;
    this.passing = false;
    return passing;
  }

  private after(stop: Stop): Outcome | undefined {
    const { machine } = this;
    switch (stop.kind) {
      case 'end':
        return stop.end;
      case 'not-implemented':
        return { ...stop, address: machine.state.rip };
      case 'waiting':
        return { kind: 'halted' };
      case 'breakpoint':
        this.marks.get(linearRipOf(machine.state))?.();
        this.passing = true;
        return undefined;
      default:
        return undefined;
    }
  }
}
