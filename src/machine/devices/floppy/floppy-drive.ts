import type { Persistent } from '../../../processor/persistent';
import type { Disk, DiskState } from '../ata/disk';
import type { FloppyFormat } from './formats';

export interface FloppyDriveState {
  readonly track: number;
  readonly changed: boolean;
  readonly disk: DiskState;
}

/** The last track that heads can reach; some disks have a few more than 80. */
export const LAST_TRACK = 82;

/** A drive with a disk in it. Where the heads stand is the drive's own matter, not the controller's. */
export class FloppyDrive implements Persistent<FloppyDriveState> {
  track = 0;
  /** The disk has been put in since the heads last moved (DSKCHG). */
  changed = true;

  constructor(
    readonly disk: Disk,
    readonly format: FloppyFormat,
  ) {}

  /** Moves the heads. */
  stepTo(track: number): void {
    const there = Math.min(Math.max(track, 0), LAST_TRACK);
    if (there !== this.track) this.changed = false;
    this.track = there;
  }

  /** The number on the disk of a sector of the present track; undefined when there is no such one. */
  sector(head: number, sector: number): number | undefined {
    const { cylinders, heads, sectors } = this.format;
    if (this.track >= cylinders || head >= heads || sector < 1 || sector > sectors)
      return undefined;
    return (this.track * heads + head) * sectors + sector - 1;
  }

  save(): FloppyDriveState {
    return { track: this.track, changed: this.changed, disk: this.disk.save() };
  }

  restore({ track, changed, disk }: FloppyDriveState): void {
    this.track = track;
    this.changed = changed;
    this.disk.restore(disk);
  }

  reset(): void {
    this.track = 0;
    this.changed = true;
  }
}
