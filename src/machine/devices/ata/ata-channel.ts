import { type InterruptLine, type PortDevice, type PortWidth, type Stateful } from '../device';
import { signature, type CdDrive, type CdState } from './cd-drive';
import { COMMANDS } from './commands';
import type { Disk, DiskState } from './disk';
import { AtaDrive, type DriveState } from './drive';
import {
  DeviceBits,
  DeviceControl,
  ErrorBits,
  StatusBits,
  initialTaskFile,
  type TaskFile,
} from './task-file';

/** One ATA channel with up to two drives (ATA/ATAPI-6 chapters 7 and 9). */

export interface AtaConfig {
  /** 'ata0': the primary channel. */
  readonly name: string;
  /** Its eight registers; 0x1f0 for the primary channel. */
  readonly base: number;
  /** Alternate status and device control: 0x3f6. */
  readonly control: number;
  readonly disks: readonly (Disk | undefined)[];
  /** Where there is no disk, there may be a CD-ROM drive. */
  readonly cds?: readonly (CdDrive | undefined)[];
  /** IRQ 14 or 15. */
  readonly irq?: InterruptLine;
  /** DMARQ: the drive has something for DMA. Without a bus master it waits for ever. */
  readonly onDmaRequest?: () => void;
}

/** What goes through the data register, or by DMA. */
export interface Transfer {
  readonly direction: 'in' | 'out';
  bytes: Uint8Array;
  position: number;
  /** Sectors that are to come after the bytes of this block. */
  remaining: number;
  /** The next sector on the drive. */
  sector: number;
  /** Sectors in a block, between two interrupts. */
  readonly block: number;
  /** By DMA: blocks follow each other without interrupts, and the data register has no part in it. */
  readonly dma?: boolean;
}

export interface AtaState {
  readonly taskFiles: readonly TaskFile[];
  readonly transfer: Transfer | undefined;
  readonly drives: readonly (DriveState | undefined)[];
  readonly disks: readonly (DiskState | undefined)[];
  readonly cds: readonly (CdState | undefined)[];
}

export class AtaChannel implements PortDevice, Stateful<AtaState> {
  readonly name: string;
  readonly ports;
  /** Each drive has its own; what the program writes comes to both (ATA/ATAPI-6 7.1). */
  private taskFiles: TaskFile[];
  transfer: Transfer | undefined;
  private readonly drives: readonly (AtaDrive | undefined)[];

  constructor(private readonly config: AtaConfig) {
    const { name, base, control } = config;
    this.name = name;
    this.ports = [
      { first: base, last: base + 7, widest: 4 },
      { first: control, last: control, widest: 1 },
    ] as const;
    this.drives = config.disks.map((disk, n) => disk && new AtaDrive(disk, `${name}-${String(n)}`));
    this.taskFiles = this.afterReset();
  }

  private get selected(): number {
    return (this.taskFiles[0]?.device ?? 0) & DeviceBits.DEV ? 1 : 0;
  }

  /** The registers of the drive that is selected. */
  get taskFile(): TaskFile {
    const file = this.taskFiles[this.selected];
    if (!file) throw new Error('no registers');
    return file;
  }

  /** The drive that the device register selects. */
  get drive(): AtaDrive | undefined {
    return this.drives[this.selected];
  }

  /** The CD-ROM drive, if it is one. */
  private get cd(): CdDrive | undefined {
    return this.config.cds?.[this.selected];
  }

  readPort(port: number, width: PortWidth): number {
    const register = port - this.config.base;
    if (port === this.config.control) return this.status;
    if (register === 0) return this.readData(width);
    if (width === 1) return this.readRegister(register);
    return bytewise(width, (n) => this.readRegister(Math.min(7, register + n)));
  }

  writePort(port: number, width: PortWidth, value: number): void {
    const register = port - this.config.base;
    if (port === this.config.control) this.writeControl(value);
    else if (register === 0) this.writeData(width, value);
    else {
      for (let n = 0; n < width; n++) {
        this.writeRegister(Math.min(7, register + n), (value >>> (8 * n)) & 0xff);
      }
    }
  }

  private has(drive: number): boolean {
    return (this.drives[drive] ?? this.config.cds?.[drive]) !== undefined;
  }

  private get status(): number {
    return this.has(this.selected) ? this.taskFile.status : 0;
  }

  /** Whose registers are read: a disk answers for drive 1 that is not there, but for its status (ATA/ATAPI-6 9.16.1). */
  private get answering(): TaskFile | undefined {
    if (this.has(this.selected)) return this.taskFile;
    return this.selected === 1 && this.drives[0] ? this.taskFiles[0] : undefined;
  }

  private readRegister(register: number): number {
    if (register === 6) return this.taskFile.device | DeviceBits.OBSOLETE;
    const taskFile = this.answering;
    if (!taskFile || (register === 7 && taskFile !== this.taskFile)) return 0;
    const order = taskFile.control & DeviceControl.HOB ? 1 : 0;
    switch (register) {
      case 1:
        return taskFile.error;
      case 2:
        return taskFile.count[order];
      case 3:
        return taskFile.low[order];
      case 4:
        return taskFile.middle[order];
      case 5:
        return taskFile.high[order];
      default:
        this.interrupt(false);
        return taskFile.status;
    }
  }

  private writeRegister(register: number, value: number): void {
    for (const taskFile of this.taskFiles) {
      taskFile.control &= ~DeviceControl.HOB;
      writeParameter(taskFile, register, value);
    }
    if (register === 6) this.select();
    else if (register === 7) this.command(value);
  }

  private writeControl(value: number): void {
    const was = this.taskFile.control;
    for (const taskFile of this.taskFiles) taskFile.control = value;
    if (value & DeviceControl.NIEN) this.config.irq?.(false);
    else if (this.taskFile.interrupting) this.config.irq?.(true);
    if (was & DeviceControl.SRST && !(value & DeviceControl.SRST)) this.softwareReset();
    else if (value & DeviceControl.SRST) {
      for (const taskFile of this.taskFiles) taskFile.status = StatusBits.BSY;
    }
  }

  /** Both drives answer as after power-on, with the signatures of their kinds (9.12). */
  private softwareReset(): void {
    this.restart();
    for (const drive of [...this.drives, ...(this.config.cds ?? [])]) drive?.reset();
  }

  /** The registers as after a reset; the first drive is selected. */
  restart(): void {
    const { control } = this.taskFile;
    this.taskFiles = this.afterReset().map((file) => ({ ...file, control }));
    this.transfer = undefined;
  }

  private afterReset(): TaskFile[] {
    const { cds = [] } = this.config;
    return [cds[0], cds[1]].map((cd) => ({ ...initialTaskFile(), ...(cd && signature()) }));
  }

  private command(code: number): void {
    const { cd } = this;
    if (!this.drive && !cd && code !== EXECUTE_DEVICE_DIAGNOSTIC) return;
    this.transfer = undefined;
    this.taskFile.error = 0;
    this.taskFile.status = StatusBits.DRDY | StatusBits.DSC;
    if (cd && code !== EXECUTE_DEVICE_DIAGNOSTIC) {
      cd.command(this, code);
      return;
    }
    const run = COMMANDS.get(code);
    if (run) run(this, code);
    else this.abort();
  }

  /** The command is done; the host is told. */
  complete(): void {
    this.transfer = undefined;
    this.taskFile.status = StatusBits.DRDY | StatusBits.DSC;
    this.interrupt(true);
  }

  /** The program has taken the last block: nobody is told, it knows. */
  finish(): void {
    this.transfer = undefined;
    this.taskFile.status = StatusBits.DRDY | StatusBits.DSC;
  }

  abort(error: number = ErrorBits.ABRT): void {
    this.transfer = undefined;
    this.taskFile.error = error;
    this.taskFile.status = StatusBits.DRDY | StatusBits.DSC | StatusBits.ERR;
    this.interrupt(true);
  }

  /** The data register, or DMA, has a block ready or waits for one. */
  offer(transfer: Transfer, interrupt: boolean): void {
    this.transfer = transfer;
    this.taskFile.status = StatusBits.DRDY | StatusBits.DSC | StatusBits.DRQ;
    if (transfer.dma) this.config.onDmaRequest?.();
    else if (interrupt) this.interrupt(true);
  }

  /** Which way the drive wants to move bytes by DMA, if it does. */
  get dmaRequest(): Transfer['direction'] | undefined {
    return this.transfer?.dma ? this.transfer.direction : undefined;
  }

  /** Bytes of the present block that DMA has still to move. */
  get dmaLeft(): number {
    const { transfer } = this;
    return transfer?.dma ? transfer.bytes.length - transfer.position : 0;
  }

  /** Whether so many bytes are all that the command has still to move. */
  endsWith(length: number): boolean {
    return this.dmaLeft === length && this.transfer?.remaining === 0;
  }

  /** The next bytes that the drive gives. @param length `dmaLeft` at most */
  peekDma(length: number): Uint8Array {
    const { bytes, position } = this.transfer ?? { bytes: new Uint8Array(), position: 0 };
    return bytes.subarray(position, position + length);
  }

  /** So many bytes have moved. @param written those that came from memory */
  moveDma(length: number, written?: Uint8Array): void {
    const { transfer } = this;
    if (!transfer?.dma) return;
    if (written) transfer.bytes.set(written, transfer.position);
    this.moveOn(transfer, length);
  }

  /** INTRQ is driven by the drive that is selected. */
  private select(): void {
    const { control, interrupting } = this.taskFile;
    if (!(control & DeviceControl.NIEN) && this.hasTwo) this.config.irq?.(interrupting);
  }

  private get hasTwo(): boolean {
    return this.has(0) && this.has(1);
  }

  private interrupt(level: boolean): void {
    this.taskFile.interrupting = level;
    if (!(this.taskFile.control & DeviceControl.NIEN)) this.config.irq?.(level);
  }

  /** 16 bits at a time: 32 bits are two of them. */
  private readData(width: PortWidth): number {
    const { transfer } = this;
    if (transfer?.direction !== 'in' || transfer.dma) return 0;
    const value = bytewise(width, (n) => transfer.bytes[transfer.position + n] ?? 0);
    this.moveOn(transfer, width);
    return value;
  }

  private writeData(width: PortWidth, value: number): void {
    const { transfer } = this;
    if (transfer?.direction !== 'out' || transfer.dma) return;
    for (let n = 0; n < width; n++) {
      transfer.bytes[transfer.position + n] = (value >>> (8 * n)) & 0xff;
    }
    this.moveOn(transfer, width);
  }

  private moveOn(transfer: Transfer, width: number): void {
    transfer.position += width;
    if (transfer.position < transfer.bytes.length) return;
    const drive = this.drive ?? this.cd;
    if (transfer.direction === 'in') drive?.nextRead(this, transfer);
    else drive?.nextWrite(this, transfer);
  }

  save(): AtaState {
    return structuredClone({
      taskFiles: this.taskFiles,
      transfer: this.transfer,
      drives: this.drives.map((drive) => drive?.save()),
      disks: this.config.disks.map((disk) => disk?.save()),
      cds: (this.config.cds ?? []).map((cd) => cd?.save()),
    });
  }

  restore(state: AtaState): void {
    const { taskFiles, transfer, drives, disks, cds } = structuredClone(state);
    this.taskFiles = [...taskFiles];
    this.transfer = transfer;
    this.drives.forEach((drive, n) => {
      const saved = drives[n];
      if (saved) drive?.restore(saved);
    });
    this.config.disks.forEach((disk, n) => {
      const saved = disks[n];
      if (saved) disk?.restore(saved);
    });
    this.config.cds?.forEach((cd, n) => {
      const saved = cds[n];
      if (saved) cd?.restore(saved);
    });
  }

  reset(): void {
    this.taskFiles = this.afterReset();
    this.transfer = undefined;
    for (const drive of [...this.drives, ...(this.config.cds ?? [])]) drive?.reset();
    this.config.irq?.(false);
  }
}

const EXECUTE_DEVICE_DIAGNOSTIC = 0x90;

/** Registers that hold two bytes for 48-bit addresses keep the one before (ATA/ATAPI-6 6.20). */
function writeParameter(taskFile: TaskFile, register: number, value: number): void {
  switch (register) {
    case 1:
      taskFile.features = [value, taskFile.features[0]];
      break;
    case 2:
      taskFile.count = [value, taskFile.count[0]];
      break;
    case 3:
      taskFile.low = [value, taskFile.low[0]];
      break;
    case 4:
      taskFile.middle = [value, taskFile.middle[0]];
      break;
    case 5:
      taskFile.high = [value, taskFile.high[0]];
      break;
    case 6:
      taskFile.device = value;
      break;
  }
}

function bytewise(width: number, byte: (n: number) => number): number {
  let value = 0;
  for (let n = 0; n < width; n++) value |= byte(n) << (8 * n);
  return value >>> 0;
}
