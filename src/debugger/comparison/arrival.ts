import { instructionsOf, type Machine, type Marks } from '../../session';

/**
 * A point of a guest's run that can be found again in another way: it comes to an instruction for the n-th time.
 * Counts of instructions tell it only as long as nothing comes from outside that the ways give it at different times.
 */
export interface Arrival {
  /** Linear address of the instruction. */
  readonly address: bigint;
  /** From 1. */
  readonly count: number;
}

/** Counts how often a guest comes to an instruction. */
export class Arrivals {
  count = 0;
  /** Instructions that it had completed the last time. */
  private before = -1;

  /** @param came is told of each time, before the instruction */
  constructor(
    private readonly address: bigint,
    private readonly came: (count: number) => void = () => undefined,
  ) {}

  marks(machine: Machine): Marks {
    return new Map([
      [
        this.address,
        () => {
          this.note(instructionsOf(machine));
        },
      ],
    ]);
  }

  /** An instruction that is begun anew, since whoever runs the guest had to do something first, is no new arrival. */
  private note(instructions: number): void {
    if (instructions === this.before) return;
    this.before = instructions;
    this.came(++this.count);
  }
}
