import type { PhysicalMemory } from '../../processor/physical-memory';

/** The page that guest and monitor share: what lies where in it. All else in it is the guest's. */
export const SharedPage = {
  /** u8, the guest's virtual IF: 1 lets interrupts come. The guest writes it without a trap. */
  INTERRUPTS_ENABLED: 0x00,
  /** u8, by the monitor: 1 while an interrupt or an event waits. Who enables interrupts looks here, and calls. */
  INTERRUPT_WAITS: 0x01,
  /** u64, by the monitor: the time at which the guest has been entered last, in instructions. */
  TIME: 0x08,
  /** u64: bit n is set by the monitor when channel n has an event, and cleared by the guest. */
  PENDING: 0x10,
  /** u64, by the guest: bit n holds off channel n. */
  MASK: 0x18,
  /** u64, by the monitor: what the last transfer of the disk's has come to, as a hypercall's result. */
  DISK_STATUS: 0x20,
} as const;

/** The shared page in place. */
export class SharedPageView {
  /** @param frame host-physical address */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly frame: number,
  ) {}

  get enabled(): boolean {
    return (this.memory.read8(this.frame + SharedPage.INTERRUPTS_ENABLED) & 1) !== 0;
  }

  set enabled(enabled: boolean) {
    if (enabled !== this.enabled) this.write8(SharedPage.INTERRUPTS_ENABLED, enabled);
  }

  set waits(waits: boolean) {
    this.write8(SharedPage.INTERRUPT_WAITS, waits);
  }

  set time(time: number) {
    this.memory.write64(this.frame + SharedPage.TIME, BigInt(time));
  }

  set diskStatus(status: bigint) {
    this.memory.write64(this.frame + SharedPage.DISK_STATUS, status);
  }

  /** Whether a channel has an event that is not held off. */
  get hasEvent(): boolean {
    return (this.pending & ~this.memory.read64(this.frame + SharedPage.MASK)) !== 0n;
  }

  raise(channel: number): void {
    this.memory.write64(this.frame + SharedPage.PENDING, this.pending | (1n << BigInt(channel)));
  }

  unmask(channel: number): void {
    const mask = this.memory.read64(this.frame + SharedPage.MASK);
    this.memory.write64(this.frame + SharedPage.MASK, mask & ~(1n << BigInt(channel)));
  }

  private get pending(): bigint {
    return this.memory.read64(this.frame + SharedPage.PENDING);
  }

  private write8(offset: number, value: boolean): void {
    this.memory.write8(this.frame + offset, value ? 1 : 0);
  }
}
