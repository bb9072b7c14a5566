import type { Tally } from '../processor/execution/tally';
import type { Outcome } from './end';
import { instructionsOf } from './cost/measurement';
import { HoleCounts } from './hole-counts';
import type { Machine } from './machine';
import { MachineRun, type Stop } from './run';

/** What happens when the guest comes to a linear address, before the instruction there. */
export type Marks = ReadonlyMap<bigint, () => void>;

/** What a guest may do without completing an instruction before it is left: be interrupted, exit, repeat. */
const PATIENCE = { transitions: 100_000, work: 1_000_000_000 };

/** How far a guest has come. */
interface Progress {
  readonly instructions: number;
  /** Events delivered, and exits. */
  readonly transitions: number;
  readonly work: number;
}

/**
 * Runs a machine by the count of instructions that its guest has completed, which are the same whoever executes
 * them. Nobody types, and nobody watches.
 */
export class CountedRun {
  readonly holes = new HoleCounts();
  private readonly run: MachineRun;
  private readonly tallies: readonly Tally[];
  private passing = false;
  private halting = false;
  /** When it last completed an instruction. */
  private last: Progress;

  constructor(
    readonly machine: Machine,
    private readonly marks: Marks = new Map(),
  ) {
    this.run = new MachineRun(machine);
    this.run.onHole = (hole) => {
      this.holes.note(hole);
      return false;
    };
    this.tallies = machine.processors.map(({ tally }) => tally);
    this.last = this.progress;
    if (marks.size === 0) return;
    const offsets = new Set([...marks.keys()].map((linear) => Number(linear & 0xfffn)));
    for (const processor of machine.processors) processor.setBreakpointOffsets(offsets);
  }

  get instructions(): number {
    return instructionsOf(this.machine);
  }

  /** For a mark: the run goes no further than to the instruction before which it is. */
  halt(): void {
    this.halting = true;
  }

  /**
   * Up to so many instructions, and to the guest's next one; or until it completes none for long.
   *
   * @returns how the guest has ended; undefined where it goes on
   */
  to(instructions: number): Outcome | undefined {
    const { run } = this;
    this.halting = false;
    for (;;) {
      const left = instructions - this.instructions;
      if (!run.inMonitor && (left <= 0 || this.stands)) return undefined;
      const stop = run.inMonitor ? run.operate() : run.execute(left, this.takePassing());
      const outcome = stop && this.after(stop);
      if (outcome ?? this.halting) return outcome;
    }
  }

  private get progress(): Progress {
    const { machine, instructions, tallies } = this;
    let transitions = 0;
    for (const { exceptions, interrupts, softwareInterrupts, exits } of tallies) {
      transitions += exceptions + interrupts + softwareInterrupts + exits;
    }
    return { instructions, transitions, work: machine.computer.processor.work };
  }

  /** Whether the guest has long completed no instruction. */
  private get stands(): boolean {
    const { progress: now, last } = this;
    if (now.instructions !== last.instructions) this.last = now;
    const { transitions, work } = PATIENCE;
    return (
      now.transitions - this.last.transitions > transitions || now.work - this.last.work > work
    );
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
        this.marks.get(machine.linearRip)?.();
        this.passing = true;
        return undefined;
      default:
        return undefined;
    }
  }
}
