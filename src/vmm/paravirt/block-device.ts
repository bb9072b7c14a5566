import { SECTOR, type Disk } from '../../machine/devices/ata/disk';
import type { Clock } from '../../machine/devices/clock';
import type { Persistent } from '../../processor/persistent';
import type { GuestMemory } from '../memory/guest-memory';

/** How long a sector takes that is transferred by and by, in instructions. */
const SECTOR_TIME = 2_000;

/** Sectors that go one after the other to pages of the guest's, or come from there. */
export interface Transfer {
  readonly write: boolean;
  readonly sector: number;
  /** Guest-physical, for each sector; none of them goes beyond its page. */
  readonly addresses: readonly bigint[];
}

/** The transfer that is going on. */
export type BlockDeviceState = Transfer | undefined;

/** The guest's first disk, in sectors, without registers and interrupt lines. */
export class BlockDevice implements Persistent<BlockDeviceState> {
  private going: BlockDeviceState;
  private readonly device = {
    name: 'paravirtual disk',
    timeReached: () => {
      this.finish();
    },
  };

  constructor(
    private readonly clock: Clock,
    private readonly memory: GuestMemory,
    private readonly disk: Disk | undefined,
    private readonly done: (status: bigint) => void,
  ) {
    clock.attach(this.device);
  }

  get sectors(): number {
    return this.disk?.sectors ?? 0;
  }

  get isBusy(): boolean {
    return this.going !== undefined;
  }

  transfer({ write, sector, addresses }: Transfer): void {
    const { disk, memory } = this;
    if (!disk) return;
    for (const [n, address] of addresses.entries()) {
      if (write) disk.write(sector + n, memory.readBytes(address, SECTOR));
      else memory.writeBytes(address, disk.read(sector + n));
    }
  }

  /** By and by. */
  start(transfer: Transfer): void {
    this.going = transfer;
    const time = transfer.addresses.length * SECTOR_TIME;
    this.clock.schedule(this.device, this.clock.now + time);
  }

  save(): BlockDeviceState {
    return this.going;
  }

  restore(state: BlockDeviceState): void {
    this.going = state;
  }

  private finish(): void {
    const { going } = this;
    this.going = undefined;
    if (!going) return;
    this.transfer(going);
    this.done(BigInt(going.addresses.length));
  }
}
