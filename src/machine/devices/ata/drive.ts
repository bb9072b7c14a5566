import type { Persistent } from '../../../processor/persistent';
import type { AtaChannel, Transfer } from './ata-channel';
import { SECTOR, type Disk } from './disk';
import { INITIAL_DMA_MODE } from './dma-modes';
import { geometryOf, identify, type Geometry } from './identify';
import { DeviceBits, ErrorBits, type TaskFile } from './task-file';

export interface DriveState {
  readonly geometry: Geometry;
  readonly multiple: number;
  readonly dmaMode: number;
}

/** Sectors that a command asks for. */
export interface Extent {
  readonly first: number;
  readonly count: number;
}

/** One ATA drive: its disk, and how it translates addresses. */
export class AtaDrive implements Persistent<DriveState> {
  /** As INITIALIZE DEVICE PARAMETERS has set it. */
  geometry: Geometry;
  /** Sectors in a block of READ MULTIPLE; 0 when it is not set. */
  multiple = 0;
  /** As SET FEATURES has chosen it: bits 7:3 the kind, bits 2:0 the number. */
  dmaMode: number = INITIAL_DMA_MODE;

  constructor(
    readonly disk: Disk,
    private readonly serial: string,
  ) {
    this.geometry = geometryOf(disk.sectors);
  }

  identify(): Uint8Array {
    const { disk, serial, geometry, multiple, dmaMode } = this;
    return identify(disk.sectors, serial, geometry, multiple, dmaMode);
  }

  /**
   * The sectors that the registers name; undefined when there are no such sectors.
   *
   * @param wide by 48-bit addresses
   */
  extent(taskFile: TaskFile, wide: boolean): Extent | undefined {
    const { count: counts } = taskFile;
    const asked = wide ? counts[0] | (counts[1] << 8) : counts[0];
    const count = asked === 0 ? (wide ? 0x10000 : 0x100) : asked;
    const first = this.address(taskFile, wide);
    if (first === undefined || first + count > this.disk.sectors) return undefined;
    return { first, count };
  }

  private address({ low, middle, high, device }: TaskFile, wide: boolean): number | undefined {
    const below24 = low[0] | (middle[0] << 8) | (high[0] << 16);
    const head = device & DeviceBits.HEAD;
    if (wide) {
      return below24 + (low[1] | (middle[1] << 8)) * 0x100_0000 + high[1] * 0x100_0000_0000;
    }
    if (device & DeviceBits.LBA) return below24 + head * 0x100_0000;
    const { heads, sectors } = this.geometry;
    const sector = low[0];
    if (sector === 0 || sector > sectors || head >= heads) return undefined;
    return ((middle[0] | (high[0] << 8)) * heads + head) * sectors + sector - 1;
  }

  /** Sectors one after the other. */
  readSectors(first: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count * SECTOR);
    for (let n = 0; n < count; n++) bytes.set(this.disk.read(first + n), n * SECTOR);
    return bytes;
  }

  /** A block has been read by the program. */
  nextRead(channel: AtaChannel, transfer: Transfer): void {
    if (transfer.remaining === 0) {
      if (transfer.dma) channel.complete();
      else channel.finish();
      return;
    }
    const count = Math.min(transfer.block, transfer.remaining);
    const bytes = this.readSectors(transfer.sector, count);
    const { remaining, sector } = transfer;
    channel.offer(
      { ...transfer, bytes, position: 0, remaining: remaining - count, sector: sector + count },
      true,
    );
  }

  /** A block has been written by the program. */
  nextWrite(channel: AtaChannel, transfer: Transfer): void {
    const count = transfer.bytes.length / SECTOR;
    for (let n = 0; n < count; n++) {
      const bytes = transfer.bytes.subarray(n * SECTOR, (n + 1) * SECTOR);
      this.disk.write(transfer.sector + n, bytes);
    }
    if (transfer.remaining === 0) {
      channel.complete();
      return;
    }
    const next = Math.min(transfer.block, transfer.remaining);
    channel.offer(
      {
        ...transfer,
        bytes: new Uint8Array(next * SECTOR),
        position: 0,
        remaining: transfer.remaining - next,
        sector: transfer.sector + count,
      },
      true,
    );
  }

  save(): DriveState {
    return { geometry: this.geometry, multiple: this.multiple, dmaMode: this.dmaMode };
  }

  restore({ geometry, multiple, dmaMode }: DriveState): void {
    this.geometry = geometry;
    this.multiple = multiple;
    this.dmaMode = dmaMode;
  }

  reset(): void {
    this.geometry = geometryOf(this.disk.sectors);
    this.multiple = 0;
    this.dmaMode = INITIAL_DMA_MODE;
  }
}

/** The drive has no such sector. */
export const NOT_FOUND = ErrorBits.IDNF | ErrorBits.ABRT;
