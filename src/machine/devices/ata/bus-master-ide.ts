import type { BusMaster } from '../bus-master';
import type { InterruptLine, PortWidth, Stateful } from '../device';
import type { AtaChannel } from './ata-channel';

/**
 * One channel of a bus master IDE controller (Intel 290550, 2.4; "Programming Interface for Bus Master IDE Controller"
 * 1.0): it moves what the drive gives or takes by DMA, from and into memory where a table of physical region
 * descriptors says. What can be moved is moved at once, so that a program never sees it under way.
 */

export interface ChannelMasterConfig {
  readonly bus: BusMaster;
  /** Whether the function may master the bus: its command register. */
  readonly enabled: () => boolean;
  readonly irq: InterruptLine;
}

export interface ChannelMasterState {
  command: number;
  status: number;
  /** Physical address of the descriptor table. */
  table: number;
  /** The next descriptor; where in memory the present one goes on, and how many bytes of it are left. */
  next: number;
  address: number;
  left: number;
  /** The present descriptor is the last one. */
  last: boolean;
}

const Register = { COMMAND: 0, STATUS: 2, TABLE: 4 } as const;
/** How many ports a channel has. */
export const MASTER_PORTS = 8;

/** Bit 3 tells the direction, which the drive's command tells, too: it decides. */
const MasterCommand = { START: 1, WRITABLE: 9 } as const;
const MasterStatus = {
  ACTIVE: 1,
  ERROR: 2,
  INTERRUPT: 4,
  /** Software notes there that the drives can do DMA. */
  WRITABLE: 0x60,
} as const;
const CLEARED_BY_ONES = MasterStatus.ERROR | MasterStatus.INTERRUPT;

/** Physical region descriptors: address, length, end of table. */
const DESCRIPTOR = 8;
const END_OF_TABLE = 0x8000_0000;
/** Bytes of a table; it does not cross a boundary of as many (1.2). */
const LONGEST_TABLE = 0x1_0000;

const initial = (): ChannelMasterState => ({
  command: 0,
  status: 0,
  table: 0,
  next: 0,
  address: 0,
  left: 0,
  last: false,
});

export class ChannelMaster implements Stateful<ChannelMasterState> {
  readonly name = 'bus-master';
  private s = initial();
  private channel: AtaChannel | undefined;
  /** A drive that has its next block ready asks again from within. */
  private moving = false;

  constructor(private readonly config: ChannelMasterConfig) {}

  /** The channel whose drives it serves. */
  serve(channel: AtaChannel): void {
    this.channel = channel;
  }

  /** The channel's interrupt line passes here: that it rose is noted. */
  readonly interruptLine: InterruptLine = (level) => {
    if (level) this.s.status |= MasterStatus.INTERRUPT;
    this.config.irq(level);
  };

  /** @param register 0 to 7 */
  read(register: number, width: PortWidth): number {
    let value = 0;
    for (let n = 0; n < width; n++) value |= this.readByte(register + n) << (8 * n);
    return value >>> 0;
  }

  private readByte(register: number): number {
    const { command, status, table } = this.s;
    if (register >= Register.TABLE) return (table >>> (8 * (register - Register.TABLE))) & 0xff;
    if (register === Register.COMMAND) return command;
    return register === Register.STATUS ? status : 0;
  }

  write(register: number, width: PortWidth, value: number): void {
    for (let n = 0; n < width; n++) this.writeByte(register + n, (value >>> (8 * n)) & 0xff);
  }

  private writeByte(register: number, value: number): void {
    if (register >= Register.TABLE) this.writeTable(register - Register.TABLE, value);
    else if (register === Register.COMMAND) this.writeCommand(value);
    else if (register === Register.STATUS) this.writeStatus(value);
  }

  private writeTable(byte: number, value: number): void {
    const mask = 0xff << (8 * byte);
    this.s.table = (((this.s.table & ~mask) | (value << (8 * byte))) & ~3) >>> 0;
  }

  private writeStatus(value: number): void {
    const kept = this.s.status & ~MasterStatus.WRITABLE & ~(value & CLEARED_BY_ONES);
    this.s.status = kept | (value & MasterStatus.WRITABLE);
  }

  /** Started, it begins with the first descriptor; stopped, it forgets how far it was. */
  private writeCommand(value: number): void {
    const was = this.s.command;
    this.s.command = value & MasterCommand.WRITABLE;
    if ((value & MasterCommand.START) === 0) this.s.status &= ~MasterStatus.ACTIVE;
    else if ((was & MasterCommand.START) === 0) {
      this.s = { ...this.s, next: this.s.table, left: 0, last: false };
      this.s.status |= MasterStatus.ACTIVE;
      this.attend();
    }
  }

  /** The drive wants to move something, or the bus has become free: moves as much as there is. */
  attend(): void {
    if (this.moving) return;
    this.moving = true;
    const { channel } = this;
    while (channel?.dmaRequest && this.isActive && this.config.enabled()) {
      if (this.s.left > 0 || this.nextDescriptor()) this.move(channel, channel.dmaRequest);
    }
    this.moving = false;
  }

  private get isActive(): boolean {
    return (this.s.status & MasterStatus.ACTIVE) !== 0;
  }

  private move(channel: AtaChannel, direction: 'in' | 'out'): void {
    const { address, left } = this.s;
    const { bus } = this.config;
    const length = Math.min(left, channel.dmaLeft);
    this.s.address = (address + length) % 2 ** 32;
    this.s.left = left - length;
    // Memory first: the drive's interrupt comes when everything has arrived.
    if (direction === 'in') bus.write(address, channel.peekDma(length));
    const done = this.s.left === 0 && this.s.last && channel.endsWith(length);
    if (done) this.s.status &= ~MasterStatus.ACTIVE;
    channel.moveDma(length, direction === 'out' ? bus.read(address, length) : undefined);
  }

  /** @returns whether there is one; a table that has come to its end leaves the drive waiting */
  private nextDescriptor(): boolean {
    const { next, table, last } = this.s;
    const endless = next - table >= LONGEST_TABLE;
    if (last || endless) {
      this.s.status &= ~MasterStatus.ACTIVE;
      if (endless) this.s.status |= MasterStatus.ERROR;
      return false;
    }
    const bytes = this.config.bus.read(next, DESCRIPTOR);
    const words = new DataView(bytes.buffer, bytes.byteOffset);
    const second = words.getUint32(4, true);
    this.s.address = (words.getUint32(0, true) & ~1) >>> 0;
    this.s.left = second & 0xfffe || 0x1_0000;
    this.s.last = (second & END_OF_TABLE) !== 0;
    this.s.next = (next + DESCRIPTOR) % 2 ** 32;
    return true;
  }

  save(): ChannelMasterState {
    return { ...this.s };
  }

  restore(state: ChannelMasterState): void {
    this.s = { ...state };
  }

  reset(): void {
    this.s = initial();
  }
}
