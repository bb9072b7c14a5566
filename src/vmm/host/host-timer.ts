import type { Computer } from '../../machine/computer';
import { INSTRUCTIONS_PER_SECOND } from '../../machine/platform';
import { PIT_FREQUENCY } from '../../machine/devices/pit8254';
import type { Persistent } from '../../processor/persistent';
import { Cost } from '../costs';
import type { MonitorTally } from '../tally';
import type { HostInstructions } from './host-instructions';

/** No timer is armed further ahead than the counter reaches. */
const LONGEST_COUNT = 0xffff;
const PER_TICK = Math.round(INSTRUCTIONS_PER_SECOND / PIT_FREQUENCY);

/**
 * The host's own timer, channel 0 of its PIT, as it is used for one guest: it brings the processor back to the monitor
 * when there will be something to do.
 */
export class HostTimer implements Persistent<number | undefined> {
  /** The time that it is armed for. */
  private armed: number | undefined;

  constructor(
    private readonly computer: Computer,
    private readonly instructions: HostInstructions,
    private readonly tally: MonitorTally,
  ) {}

  save(): number | undefined {
    return this.armed;
  }

  restore(armed: number | undefined): void {
    this.armed = armed;
  }

  /** One interrupt at that time. */
  arm(deadline: number | undefined): void {
    if (deadline === undefined || deadline === this.armed) return;
    this.armed = deadline;
    const ticks = Math.ceil((deadline - this.computer.processor.time) / PER_TICK);
    this.count(Math.min(LONGEST_COUNT, Math.max(1, ticks)));
  }

  /** One as soon as there can be any. */
  armForNow(): void {
    this.armed = undefined;
    this.count(1);
  }

  /** It has fired, or counts for somebody else: it must be armed again. */
  forget(): void {
    this.armed = undefined;
  }

  /** Mode 0: one interrupt when the count is done. */
  private count(ticks: number): void {
    this.tally.note(Cost.PORT, 3);
    this.instructions.out(0x43, 1, 0x30);
    this.instructions.out(0x40, 1, ticks & 0xff);
    this.instructions.out(0x40, 1, ticks >> 8);
  }
}
