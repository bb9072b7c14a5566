import type { Clock } from './clock';
import { ports, type PortDevice, type PortWidth } from './device';

export interface PmTimerConfig {
  readonly clock: Clock;
  /** How many instructions pass during one second. */
  readonly instructionsPerSecond: number;
}

/** Three times the frequency of the PIT. */
export const PM_TIMER_FREQUENCY = 3_579_545;
const PM_TIMER = 0x608;
const BITS_24 = 0xff_ffff;

/**
 * The power-management timer of ACPI (ACPI 6.5 4.8.3.3): counts from power-on, and goes round after 24 bits. It is the
 * clock's time in another unit, and has no state of its own. Its carry, an event of PM1, is told to nobody.
 */
export class PmTimer implements PortDevice {
  readonly name = 'pm-timer';
  readonly ports = [ports(PM_TIMER, PM_TIMER + 3, 4)];

  constructor(private readonly config: PmTimerConfig) {}

  get count(): number {
    const { clock, instructionsPerSecond } = this.config;
    // Whole seconds apart: the product of a long time and the frequency would not be exact.
    const rest = clock.now % instructionsPerSecond;
    const seconds = (clock.now - rest) / instructionsPerSecond;
    const ticks = Math.floor((rest * PM_TIMER_FREQUENCY) / instructionsPerSecond);
    return (seconds * PM_TIMER_FREQUENCY + ticks) % (BITS_24 + 1);
  }

  readPort(port: number, _width: PortWidth): number {
    return this.count >>> (8 * (port - PM_TIMER));
  }

  /** The count cannot be set. */
  writePort(): void {}
}
