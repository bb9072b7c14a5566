import type { Persistent } from '../../../processor/persistent';

export const SECTOR = 512;

/** Where the bytes of a disk come from: an image that is never written. */
export interface DiskImage {
  /** The whole image; a last sector that is not full is filled up with zeros. */
  readonly bytes: Uint8Array;
}

/** Sectors that the guest has written, by number. */
export type DiskState = readonly (readonly [sector: number, bytes: Uint8Array])[];

/**
 * A disk of 512-byte sectors over an image. What the guest writes lives beside the image, so that the
 * user's file stays as it is.
 */
export class Disk implements Persistent<DiskState> {
  /** Number of sectors; at least one. */
  readonly sectors: number;
  private written = new Map<number, Uint8Array>();

  constructor(private readonly image: DiskImage) {
    this.sectors = Math.max(1, Math.ceil(image.bytes.length / SECTOR));
  }

  /** @param sector below `sectors` */
  read(sector: number): Uint8Array {
    const written = this.written.get(sector);
    if (written) return written.slice();
    const out = new Uint8Array(SECTOR);
    out.set(this.image.bytes.subarray(sector * SECTOR, (sector + 1) * SECTOR));
    return out;
  }

  write(sector: number, bytes: Uint8Array): void {
    this.written.set(sector, bytes.slice());
  }

  /** The sectors that are not as in the image, in rising order. */
  get changes(): DiskState {
    return [...this.written].sort(([a], [b]) => a - b);
  }

  save(): DiskState {
    return this.changes;
  }

  restore(state: DiskState): void {
    this.written = new Map(state);
  }
}
