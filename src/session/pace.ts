import type { Computer } from '../machine/computer';
import { INSTRUCTIONS_PER_SECOND } from '../machine/platform';

/** Units of the machine's time that make a millisecond. */
const MILLISECOND = INSTRUCTIONS_PER_SECOND / 1000;
/** HLT rests no longer at a time, so that a key is not noticed later than that. */
const LONGEST_REST = 10 * MILLISECOND;
/** While a person plays, the machine does not run for longer without a look at the clock. */
const ATTENDED_STRETCH = 2 * MILLISECOND;
/** Milliseconds by which the machine may be behind and catch up; what is more than that is lost. */
const MOST_LAG = 100;
/** Timers cannot wait for less: it adds up. In milliseconds. */
const SHORTEST_WAIT = 2;

/**
 * Keeps the machine's time beside a person's. A guest that sleeps in HLT sleeps as long as it would on a
 * machine of its own; what it computes goes as fast as it can, unless a person plays with it (`attended`):
 * then waiting in a loop takes its time, too. The machine never sees any of this.
 */
export class Pace {
  /** A person plays with the guest. */
  attended = false;
  /** Milliseconds by which the machine's time is ahead. */
  private lead = 0;
  private wall = 0;
  private retired = 0;
  private time = 0;

  /** @param now a person's time, in milliseconds */
  constructor(
    private readonly computer: Computer,
    private readonly now: () => number = () => performance.now(),
  ) {
    computer.longestRest = LONGEST_REST;
    this.begin();
  }

  /** The machine goes on after it has stood still. */
  begin(): void {
    this.lead = 0;
    this.look();
  }

  /** Milliseconds to wait before the machine goes on; 0 mostly. */
  wait(): number {
    const { wall, retired, time } = this;
    this.look();
    const passed = this.wall - wall;
    const computed = (this.retired - retired) / MILLISECOND;
    const rested = (this.time - time) / MILLISECOND - computed;
    const counted = this.attended ? computed : Math.min(computed, passed);
    this.lead = Math.max(-MOST_LAG, this.lead + rested + counted - passed);
    return this.lead < SHORTEST_WAIT ? 0 : this.lead;
  }

  /** Whether so much of the machine's time has passed, asleep or in a person's sight, that `wait` should be asked. */
  get isDue(): boolean {
    const { processor } = this.computer;
    const passed = processor.time - this.time;
    if (this.attended) return passed >= ATTENDED_STRETCH;
    return passed - (processor.retired - this.retired) >= LONGEST_REST;
  }

  private look(): void {
    const { processor } = this.computer;
    this.wall = this.now();
    this.retired = processor.retired;
    this.time = processor.time;
  }
}
