import type { Stateful } from './device';

/** A device to which something happens at a known time. */
export interface TimedDevice {
  /** Unique in its computer; names the device in snapshots. */
  readonly name: string;
  /** The time the device has waited for has come: `clock.now` is exactly that time. */
  timeReached(now: number): void;
}

export interface ClockState {
  now: number;
  /** What each device waits for, by name. */
  deadlines: Record<string, number>;
}

/**
 * The computer's time: the number of instructions retired (or idle cycles passed in HLT). Every
 * device has at most one deadline. All of it is numbers, so that a snapshot holds it.
 */
export class Clock implements Stateful<ClockState> {
  private time = 0;
  private readonly devices: TimedDevice[] = [];
  private deadlines = new Map<string, number>();
  private earliest: number | undefined;

  get now(): number {
    return this.time;
  }

  /** Makes a device known. Devices whose deadlines coincide are served in the order they came. */
  attach(device: TimedDevice): void {
    if (this.devices.some(({ name }) => name === device.name)) {
      throw new Error(`two devices with the name ${device.name}`);
    }
    this.devices.push(device);
  }

  /** Sets a device's only deadline; undefined: it waits for nothing. A past one is due at once. */
  schedule(device: TimedDevice, at: number | undefined): void {
    if (at === undefined) this.deadlines.delete(device.name);
    else this.deadlines.set(device.name, at);
    this.findEarliest();
  }

  /** Whether a device waits for a time. */
  isScheduled(name: string): boolean {
    return this.deadlines.has(name);
  }

  /** The next time at which something happens; undefined when nothing will. */
  nextDeadline(): number | undefined {
    return this.earliest;
  }

  /**
   * Moves time on and lets happen what falls due, each at its own time, in order.
   * @throws RangeError when time would go back
   */
  advanceTo(now: number): void {
    if (now < this.time) throw new RangeError(`time goes back from ${this.time} to ${now}`);
    while (this.earliest !== undefined && this.earliest <= now) {
      const at = this.earliest;
      this.time = Math.max(this.time, at);
      const due = this.devices.find(({ name }) => this.deadlines.get(name) === at);
      if (!due) throw new Error(`a deadline at ${at} of no device`);
      this.deadlines.delete(due.name);
      this.findEarliest();
      due.timeReached(this.time);
    }
    this.time = now;
  }

  save(): ClockState {
    return { now: this.time, deadlines: Object.fromEntries(this.deadlines) };
  }

  restore(state: ClockState): void {
    this.time = state.now;
    this.deadlines = new Map(Object.entries(state.deadlines));
    this.findEarliest();
  }

  reset(): void {
    this.time = 0;
    this.deadlines.clear();
    this.earliest = undefined;
  }

  private findEarliest(): void {
    this.earliest = undefined;
    for (const at of this.deadlines.values()) {
      if (this.earliest === undefined || at < this.earliest) this.earliest = at;
    }
  }
}
