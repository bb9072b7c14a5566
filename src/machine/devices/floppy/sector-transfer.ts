import { SECTOR } from '../ata/disk';
import type { FloppyController } from './floppy-controller';
import { FloppyTime } from './floppy-time';
import type { FloppyDrive } from './floppy-drive';
import { IMPLIED_SEEK, NON_DMA_MODE, St0, St1, St2 } from './registers';

/** The commands that move data, sector by sector as the disk turns (82077AA data sheet, 5.1 and 6). */

export type TransferKind = 'read' | 'write' | 'format' | 'verify' | 'read-track' | 'read-id';

/** A command at work. */
export interface SectorTransfer {
  readonly kind: TransferKind;
  /** As the processor sees the data; undefined where there is none. */
  readonly direction: 'in' | 'out' | undefined;
  readonly dma: boolean;
  readonly multiTrack: boolean;
  readonly drive: number;
  /** The head that the drive has selected. */
  head: number;
  /** The address of the next sector: cylinder, head, sector, size. */
  id: [number, number, number, number];
  /** The last sector of the track; of FORMAT TRACK and READ TRACK, how many there are. */
  readonly last: number;
  /** What a formatted sector is filled with. */
  readonly fill: number;
  /** How many sectors of the track are done. */
  done: number;
  /** ST1 of sectors that were read although they were others than asked for (READ TRACK). */
  st1: number;
  /** Without DMA: a byte is waited for. */
  ready: boolean;
  buffer: Uint8Array;
  position: number;
}

const SIZE_512 = 2;
const MULTI_TRACK = 0x80;
const MFM = 0x40;

/** Begins a command with its bytes as they were written. */
export function startTransfer(
  controller: FloppyController,
  kind: TransferKind,
  bytes: readonly number[],
): void {
  const { registers } = controller;
  const [code = 0, select = 0, ...parameters] = bytes;
  const drive = select & 3;
  const head = (select >> 2) & 1;
  const [c = 0, h = 0, r = 0, n = 0, end = 0] = parameters;
  const isFormat = kind === 'format'; // its parameters: size, sectors, gap, filler
  const id: SectorTransfer['id'] = isFormat
    ? [registers.cylinders[drive] ?? 0, head, 1, c]
    : [c, h, r, n];
  const direction = directionOf(kind);
  const size = isFormat ? ID_LENGTH : SECTOR;
  if (kind !== 'read-id') registers.lastSector = isFormat ? h : end;
  const transfer: SectorTransfer = {
    kind,
    direction,
    dma: (registers.specify[1] & NON_DMA_MODE) === 0,
    multiTrack: (code & MULTI_TRACK) !== 0,
    drive,
    head,
    id,
    last: isFormat ? h : end,
    fill: isFormat ? n : 0,
    done: 0,
    st1: 0,
    ready: false,
    buffer: new Uint8Array(size),
    position: 0,
  };
  registers.transfer = transfer;
  registers.phase = 'execution';
  if (registers.config[0] & IMPLIED_SEEK && !isFormat && kind !== 'read-id') {
    controller.drive(drive)?.stepTo(c);
    registers.cylinders[drive] = c;
  }
  const trouble = troubleOf(controller, transfer, code);
  if (trouble !== undefined) finish(controller, transfer, St0.ABNORMAL, trouble);
  else prepare(controller, transfer);
}

const ID_LENGTH = 4;

const directionOf = (kind: TransferKind): SectorTransfer['direction'] =>
  kind === 'verify' || kind === 'read-id'
    ? undefined
    : kind === 'write' || kind === 'format'
      ? 'out'
      : 'in';

/**
 * What keeps the controller from finding anything on the track. (Where nothing turns, a real one waits for
 * ever for the index hole.)
 */
function troubleOf(
  controller: FloppyController,
  { drive, head }: Pick<SectorTransfer, 'drive' | 'head'>,
  code: number,
): number | undefined {
  const there = controller.drive(drive);
  const readable =
    there !== undefined &&
    controller.turns(drive) &&
    there.format.rate === controller.registers.rate &&
    there.track < there.format.cylinders &&
    head < there.format.heads &&
    (code & MFM) !== 0;
  return readable ? undefined : St1.MISSING_MARK;
}

/** Data of the processor come before their sector, everything else with it. */
function prepare(controller: FloppyController, transfer: SectorTransfer): void {
  transfer.position = 0;
  if (transfer.direction === 'out' && !transfer.dma) offer(controller, transfer);
  else controller.awaitSector();
}

/** One byte after the other through the data register, an interrupt for each. */
function offer(controller: FloppyController, transfer: SectorTransfer): void {
  transfer.ready = true;
  controller.interrupt(true);
}

/** The processor reads or writes the data register. Returns the byte that it reads. */
export function moveByte(
  controller: FloppyController,
  transfer: SectorTransfer,
  value: number,
): number {
  if (!transfer.ready) return 0;
  controller.interrupt(false);
  const read = transfer.buffer[transfer.position] ?? 0;
  if (transfer.direction === 'out') transfer.buffer[transfer.position] = value;
  transfer.position++;
  if (transfer.position < transfer.buffer.length) {
    controller.interrupt(true);
    return read;
  }
  transfer.ready = false;
  if (transfer.direction === 'out') controller.awaitSector();
  else goOn(controller, transfer, false);
  return read;
}

/** A sector has come under the heads. */
export function nextSector(controller: FloppyController): void {
  const { transfer } = controller.registers;
  const drive = transfer && controller.drive(transfer.drive);
  if (!transfer || !drive) return;
  if (transfer.kind === 'format') formatSector(controller, transfer, drive);
  else if (transfer.kind === 'read-id') findId(controller, transfer, drive);
  else moveSector(controller, transfer, drive);
}

function moveSector(
  controller: FloppyController,
  transfer: SectorTransfer,
  drive: FloppyDrive,
): void {
  const [c, h, r, n] = transfer.id;
  const wholeTrack = transfer.kind === 'read-track';
  const sector = drive.sector(transfer.head, wholeTrack ? transfer.done + 1 : r);
  const matches = c === drive.track && h === transfer.head && n === SIZE_512;
  if (wholeTrack && !matches) transfer.st1 |= St1.NO_DATA;
  if (sector === undefined || (!matches && !wholeTrack)) {
    const other = c === 0xff ? St2.BAD_CYLINDER : St2.WRONG_CYLINDER;
    finish(controller, transfer, St0.ABNORMAL, St1.NO_DATA, c === drive.track ? 0 : other);
    return;
  }
  const { dma } = controller.config;
  switch (transfer.direction) {
    case undefined:
      goOn(controller, transfer, false);
      return;
    case 'in':
      transfer.buffer = drive.disk.read(sector);
      if (!transfer.dma) offer(controller, transfer);
      else if (!dma.ready) overrun(controller, transfer);
      else goOn(controller, transfer, dma.put(transfer.buffer).terminalCount);
      return;
    case 'out': {
      let stop = false;
      if (transfer.dma) {
        if (!dma.ready) {
          overrun(controller, transfer);
          return;
        }
        transfer.buffer = new Uint8Array(SECTOR); // what the count does not reach is zeros
        stop = dma.take(transfer.buffer).terminalCount;
      }
      drive.disk.write(sector, transfer.buffer);
      goOn(controller, transfer, stop);
    }
  }
}

/** The processor tells each sector's address. The disk keeps data alone: the addresses are as they were. */
function formatSector(
  controller: FloppyController,
  transfer: SectorTransfer,
  drive: FloppyDrive,
): void {
  if (transfer.dma) {
    if (!controller.config.dma.ready) {
      overrun(controller, transfer);
      return;
    }
    controller.config.dma.take(transfer.buffer);
  }
  const [, , sector = 0] = transfer.buffer;
  const place = drive.sector(transfer.head, sector);
  if (place !== undefined) drive.disk.write(place, new Uint8Array(SECTOR).fill(transfer.fill));
  transfer.done++;
  transfer.id[2] = transfer.done + 1;
  if (transfer.done >= transfer.last) finish(controller, transfer, 0);
  else prepare(controller, transfer);
}

const overrun = (controller: FloppyController, transfer: SectorTransfer): void => {
  finish(controller, transfer, St0.ABNORMAL, St1.OVERRUN);
};

/** After a sector: the end by TC, the next one, or the end of the track, which nobody has asked for. */
function goOn(controller: FloppyController, transfer: SectorTransfer, stop: boolean): void {
  const { last, kind } = transfer;
  transfer.done++;
  const atEnd = kind === 'read-track' ? transfer.done >= last : transfer.id[2] === last;
  const over = advance(transfer, atEnd);
  if (stop || (over && kind === 'verify')) finish(controller, transfer, 0, transfer.st1);
  else if (over) finish(controller, transfer, St0.ABNORMAL, transfer.st1 | St1.END_OF_TRACK);
  else prepare(controller, transfer);
}

/** The address of the sector after this one (82077AA table 5-5). Returns whether the command ends there. */
function advance(transfer: SectorTransfer, atEnd: boolean): boolean {
  const { id, multiTrack } = transfer;
  if (!atEnd) {
    id[2] = (id[2] + 1) & 0xff;
    return false;
  }
  id[2] = 1;
  if (multiTrack) {
    id[1] ^= 1;
    transfer.head ^= 1;
    if (transfer.head === 1) return false;
  }
  id[0] = (id[0] + 1) & 0xff;
  return true;
}

/** READ ID: the address of the sector that has come by. */
function findId(
  controller: FloppyController,
  transfer: SectorTransfer,
  { track, format }: FloppyDrive,
): void {
  const passed = Math.floor(controller.config.clock.now / FloppyTime.SECTOR);
  transfer.id = [track, transfer.head, 1 + (passed % format.sectors), SIZE_512];
  finish(controller, transfer, 0);
}

/** Tells how it went: ST0 to ST2, and an address. */
function finish(
  controller: FloppyController,
  { drive, head, id }: SectorTransfer,
  st0: number,
  st1 = 0,
  st2 = 0,
): void {
  controller.answer([st0 | (head << 2) | drive, st1, st2, ...id], true);
}
