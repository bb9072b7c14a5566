import type { AtaChannel, Transfer } from './ata-channel';
import { SECTOR } from './disk';
import { dmaModeAfter, isTransferMode } from './dma-modes';
import { MOST_MULTIPLE } from './identify';
import { NOT_FOUND, type Extent } from './drive';
import { DeviceBits, initialTaskFile } from './task-file';

/** The commands of an ATA drive without packets (ATA/ATAPI-6 chapter 8), by their codes. */

type AtaCommand = (channel: AtaChannel, code: number) => void;

/** Sectors that a drive has ready at once for DMA. */
const DMA_BLOCK = 128;

/** The sectors asked for; a command for others ends with "ID not found". */
function extentOf(channel: AtaChannel, wide: boolean): Extent | undefined {
  const extent = channel.drive?.extent(channel.taskFile, wide);
  if (!extent) channel.abort(NOT_FOUND);
  return extent;
}

function read(wide: boolean, multiple = false): AtaCommand {
  return (channel) => {
    const { drive } = channel;
    const block = multiple ? (drive?.multiple ?? 0) : 1;
    if (!drive || block === 0) {
      channel.abort();
      return;
    }
    const extent = extentOf(channel, wide);
    if (!extent) return;
    const { first, count } = extent;
    const now = Math.min(block, count);
    const bytes = drive.readSectors(first, now);
    const [remaining, sector] = [count - now, first + now];
    channel.offer({ direction: 'in', bytes, position: 0, remaining, sector, block }, true);
  };
}

function write(wide: boolean, multiple = false): AtaCommand {
  return (channel) => {
    const block = multiple ? (channel.drive?.multiple ?? 0) : 1;
    if (block === 0) {
      channel.abort();
      return;
    }
    const extent = extentOf(channel, wide);
    if (!extent) return;
    const now = Math.min(block, extent.count);
    const bytes = new Uint8Array(now * SECTOR);
    const [remaining, sector] = [extent.count - now, extent.first];
    // The first block is asked for without an interrupt (9.6).
    channel.offer({ direction: 'out', bytes, position: 0, remaining, sector, block }, false);
  };
}

/** READ DMA and WRITE DMA: whole blocks without interrupts, one at the end. */
const byDma =
  (direction: Transfer['direction'], wide: boolean): AtaCommand =>
  (channel) => {
    const { drive } = channel;
    const extent = extentOf(channel, wide);
    if (!drive || !extent) return;
    const { first, count } = extent;
    const now = Math.min(DMA_BLOCK, count);
    const [remaining, block] = [count - now, DMA_BLOCK];
    const read = direction === 'in';
    const bytes = read ? drive.readSectors(first, now) : new Uint8Array(now * SECTOR);
    const sector = read ? first + now : first;
    channel.offer({ direction, bytes, position: 0, remaining, sector, block, dma: true }, false);
  };

const verify =
  (wide: boolean): AtaCommand =>
  (channel) => {
    if (extentOf(channel, wide)) channel.complete();
  };

const done: AtaCommand = (channel) => {
  channel.complete();
};

const identify: AtaCommand = (channel) => {
  const bytes = channel.drive?.identify() ?? new Uint8Array(SECTOR);
  channel.offer({ direction: 'in', bytes, position: 0, remaining: 0, sector: 0, block: 1 }, true);
};

/** Commands for drives with packets are refused with the signature of one that has none. */
const notPacket: AtaCommand = (channel) => {
  const { count, low, middle, high } = initialTaskFile();
  Object.assign(channel.taskFile, { count, low, middle, high });
  channel.abort();
};

const setMultiple: AtaCommand = (channel) => {
  const count = channel.taskFile.count[0];
  const isPower = count > 0 && count <= MOST_MULTIPLE && (count & (count - 1)) === 0;
  if (!channel.drive || !isPower) {
    channel.abort();
    return;
  }
  channel.drive.multiple = count;
  channel.complete();
};

const initializeParameters: AtaCommand = (channel) => {
  const { drive, taskFile } = channel;
  const sectors = taskFile.count[0];
  if (!drive || sectors === 0) {
    channel.abort();
    return;
  }
  const heads = (taskFile.device & DeviceBits.HEAD) + 1;
  const cylinders = Math.floor(drive.disk.sectors / (heads * sectors));
  drive.geometry = { cylinders: Math.min(cylinders, 0xffff), heads, sectors };
  channel.complete();
};

const seek: AtaCommand = (channel) => {
  if (extentOf(channel, false)) channel.complete();
};

const SET_TRANSFER_MODE = 0x03;

/** Caches and the like: accepted where nothing depends on them. */
const setFeatures: AtaCommand = (channel) => {
  const accepted = [0x02, 0x05, 0x55, 0x66, 0x82, 0x85, 0xaa, 0xcc];
  const feature = channel.taskFile.features[0];
  if (feature === SET_TRANSFER_MODE) setTransferMode(channel);
  else if (accepted.includes(feature)) channel.complete();
  else channel.abort();
};

function setTransferMode(channel: AtaChannel): void {
  const { drive, taskFile } = channel;
  const mode = taskFile.count[0];
  if (!drive || !isTransferMode(mode)) {
    channel.abort();
    return;
  }
  drive.dmaMode = dmaModeAfter(drive.dmaMode, mode);
  channel.complete();
}

const nativeMax =
  (wide: boolean): AtaCommand =>
  (channel) => {
    const { drive, taskFile } = channel;
    const last = (drive?.disk.sectors ?? 1) - 1;
    const byte = (n: number): number => Math.floor(last / 2 ** (8 * n)) & 0xff;
    taskFile.low = [byte(0), wide ? byte(3) : 0];
    taskFile.middle = [byte(1), wide ? byte(4) : 0];
    taskFile.high = [byte(2), wide ? byte(5) : 0];
    if (!wide) taskFile.device = (taskFile.device & ~DeviceBits.HEAD) | (byte(3) & DeviceBits.HEAD);
    channel.complete();
  };

/** In the count register: active or idle. */
const checkPower: AtaCommand = (channel) => {
  channel.taskFile.count[0] = 0xff;
  channel.complete();
};

/** Both drives test themselves and find nothing. */
const diagnose: AtaCommand = (channel) => {
  channel.restart();
  channel.complete();
};

const recalibrate: readonly [number, AtaCommand][] = Array.from({ length: 16 }, (_, n) => [
  0x10 + n,
  done,
]);

export const COMMANDS: ReadonlyMap<number, AtaCommand> = new Map<number, AtaCommand>([
  [0x08, notPacket], // DEVICE RESET
  ...recalibrate,
  [0x20, read(false)],
  [0x21, read(false)],
  [0x24, read(true)],
  [0x25, byDma('in', true)],
  [0x27, nativeMax(true)],
  [0x29, read(true, true)],
  [0x30, write(false)],
  [0x31, write(false)],
  [0x34, write(true)],
  [0x35, byDma('out', true)],
  [0x39, write(true, true)],
  [0x40, verify(false)],
  [0x41, verify(false)],
  [0x42, verify(true)],
  [0x70, seek],
  [0x90, diagnose],
  [0x91, initializeParameters],
  [0xa1, notPacket], // IDENTIFY PACKET DEVICE
  [0xc4, read(false, true)],
  [0xc5, write(false, true)],
  [0xc6, setMultiple],
  [0xc8, byDma('in', false)],
  [0xc9, byDma('in', false)],
  [0xca, byDma('out', false)],
  [0xcb, byDma('out', false)],
  [0xe0, done], // STANDBY IMMEDIATE
  [0xe1, done], // IDLE IMMEDIATE
  [0xe2, done], // STANDBY
  [0xe3, done], // IDLE
  [0xe5, checkPower],
  [0xe6, done], // SLEEP
  [0xe7, done], // FLUSH CACHE
  [0xea, done], // FLUSH CACHE EXT
  [0xec, identify],
  [0xef, setFeatures],
  [0xf8, nativeMax(false)],
]);
