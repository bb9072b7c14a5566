import type { Clock } from './clock';

export interface PmTimerConfig {
  readonly clock: Clock;
  /** How many instructions pass during one second. */
  readonly instructionsPerSecond: number;
}

/** Three times the frequency of the PIT. */
export const PM_TIMER_FREQUENCY = 3_579_545;
const BITS_24 = 2 ** 24;
/** Bit 23 changes so often. */
const CARRY = 2 ** 23;

/**
 * The power-management timer of ACPI (ACPI 6.5 4.8.3.3): counts from power-on, and goes round after 24 bits. It is the
 * clock's time in another unit, and has no state of its own.
 */
export class PmTimer {
  constructor(private readonly config: PmTimerConfig) {}

  get count(): number {
    return this.ticks % BITS_24;
  }

  /** How often the highest bit has changed. */
  get carries(): number {
    return Math.floor(this.ticks / CARRY);
  }

  /** When the highest bit changes for the `carries`th time, in units of the clock. */
  timeOf(carries: number): number {
    const { instructionsPerSecond } = this.config;
    const rest = (carries * CARRY) % PM_TIMER_FREQUENCY;
    const seconds = (carries * CARRY - rest) / PM_TIMER_FREQUENCY;
    return (
      seconds * instructionsPerSecond +
      Math.ceil((rest * instructionsPerSecond) / PM_TIMER_FREQUENCY)
    );
  }

  private get ticks(): number {
    const { clock, instructionsPerSecond } = this.config;
    // Whole seconds apart: the product of a long time and the frequency would not be exact.
    const rest = clock.now % instructionsPerSecond;
    const seconds = (clock.now - rest) / instructionsPerSecond;
    const ticks = Math.floor((rest * PM_TIMER_FREQUENCY) / instructionsPerSecond);
    return seconds * PM_TIMER_FREQUENCY + ticks;
  }
}
