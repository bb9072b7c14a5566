import type { BusMaster } from './bus-master';
import { ports, type PortDevice, type Stateful } from './device';

/**
 * The two Intel 8237A DMA controllers of a PC AT, with the page registers that give addresses their upper
 * bits (8237A data sheet; 82371SB PIIX3 4.2). Channels 0 to 3 move bytes, 5 to 7 words; channel 4 leads
 * from the first controller to the second.
 */

export interface DmaConfig {
  readonly bus: BusMaster;
}

/** What one turn at memory came to. */
export interface DmaMove {
  /** Bytes that have been moved: fewer than asked for when the count ran out. */
  readonly moved: number;
  /** The count ran out: TC, which tells the device to stop. */
  readonly terminalCount: boolean;
}

/** A channel as its device has it. */
export interface DmaChannel {
  /** Whether a request (DREQ) is answered: otherwise nothing is moved. */
  readonly ready: boolean;
  /** From the device to memory. */
  put(bytes: Uint8Array): DmaMove;
  /** From memory to the device; what is not moved stays as it is in `bytes`. */
  take(bytes: Uint8Array): DmaMove;
}

/** Mode register; type of transfer: 0 verify, 1 write to memory, 2 read from memory. */
const Mode = { TYPE_SHIFT: 2, AUTO_INITIALIZE: 0x10, DECREMENT: 0x20 } as const;
const WRITE_TRANSFER = 1;
const READ_TRANSFER = 2;
/** Command register: the controller does not answer. */
const DISABLED = 4;
/** The channel of the second controller at which the first one is. */
const CASCADE = 0;

interface ChannelRegisters {
  baseAddress: number;
  baseCount: number;
  address: number;
  count: number;
  mode: number;
}

interface ChipState {
  channels: ChannelRegisters[];
  command: number;
  /** Requests by software, one bit for each channel. */
  request: number;
  mask: number;
  /** Channels that have reached TC since the status was read. */
  terminal: number;
  /** The next byte of a 16-bit register is the high one. */
  high: boolean;
}

export interface DmaState {
  readonly chips: readonly [ChipState, ChipState];
  readonly pages: readonly number[];
}

const initialChip = (): ChipState => ({
  channels: Array.from({ length: 4 }, () => ({
    baseAddress: 0,
    baseCount: 0,
    address: 0,
    count: 0,
    mode: 0,
  })),
  command: 0,
  request: 0,
  mask: 0xf,
  terminal: 0,
  high: false,
});

const initial = (): DmaState => ({
  chips: [initialChip(), initialChip()],
  pages: new Array<number>(16).fill(0),
});

/** By channel, where in 80h to 8Fh its page register is; the rest of those registers is only memory. */
const PAGES = [0x7, 0x3, 0x1, 0x2, 0xf, 0xb, 0x9, 0xa];

export class Dma8237 implements PortDevice, Stateful<DmaState> {
  readonly name = 'dma';
  readonly ports = [ports(0x00, 0x0f), ports(0x80, 0x8f), ports(0xc0, 0xdf)];
  private state = initial();

  constructor(private readonly config: DmaConfig) {}

  /** @param number 0 to 3, 5 to 7 */
  channel(number: number): DmaChannel {
    const isReady = (): boolean => this.isReady(number);
    return {
      get ready() {
        return isReady();
      },
      put: (bytes) => this.move(number, bytes.length, bytes, WRITE_TRANSFER),
      take: (bytes) => this.move(number, bytes.length, bytes, READ_TRANSFER),
    };
  }

  readPort(port: number): number {
    if ((port & 0xf0) === 0x80) return this.state.pages[port & 15] ?? 0;
    const { chip, register } = this.place(port);
    if (register < 8) return readWord(chip, register);
    if (register === 8) return readStatus(chip);
    return register === 15 ? 0xf0 | chip.mask : 0;
  }

  writePort(port: number, _width: number, value: number): void {
    if ((port & 0xf0) === 0x80) {
      const pages = [...this.state.pages];
      pages[port & 15] = value;
      this.state = { ...this.state, pages };
      return;
    }
    const { chip, register } = this.place(port);
    if (register < 8) writeWord(chip, register, value);
    else writeControl(chip, register, value);
  }

  save(): DmaState {
    return structuredClone(this.state);
  }

  restore(state: DmaState): void {
    this.state = structuredClone(state);
  }

  reset(): void {
    this.state = initial();
  }

  /** The second controller has its registers at even ports, and the same ones at the odd ports after them. */
  private place(port: number): { readonly chip: ChipState; readonly register: number } {
    const { chips } = this.state;
    return port < 0x10
      ? { chip: chips[0], register: port }
      : { chip: chips[1], register: (port - 0xc0) >> 1 };
  }

  private isReady(number: number): boolean {
    const { chips } = this.state;
    const open = (chip: ChipState, channel: number): boolean =>
      (chip.command & DISABLED) === 0 && (chip.mask & (1 << channel)) === 0;
    if (number >= 4) return open(chips[1], number & 3);
    return open(chips[0], number) && open(chips[1], CASCADE);
  }

  private move(number: number, length: number, bytes: Uint8Array, wanted: number): DmaMove {
    const chip = this.state.chips[number >> 2];
    const channel = chip?.channels[number & 3];
    if (!chip || !channel || !this.isReady(number)) return { moved: 0, terminalCount: false };
    const unit = number >= 4 ? 2 : 1;
    const units = Math.min(Math.ceil(length / unit), channel.count + 1);
    const moved = Math.min(length, units * unit);
    // Where the mode says another direction, or "verify", nobody drives memory; counts go on.
    if (((channel.mode >> Mode.TYPE_SHIFT) & 3) === wanted) {
      this.transfer(number, channel, bytes.subarray(0, moved), wanted);
    }
    const step = (channel.mode & Mode.DECREMENT) !== 0 ? -units : units;
    channel.address = (channel.address + step) & 0xffff;
    channel.count = (channel.count - units) & 0xffff;
    const terminalCount = channel.count === 0xffff;
    if (terminalCount) reachTerminalCount(chip, number & 3);
    return { moved, terminalCount };
  }

  private transfer(
    number: number,
    channel: ChannelRegisters,
    bytes: Uint8Array,
    direction: number,
  ): void {
    const { bus } = this.config;
    for (const { at, offset, size } of this.runs(number, channel, bytes.length)) {
      if (direction === WRITE_TRANSFER) bus.write(at, bytes.subarray(offset, offset + size));
      else bytes.set(bus.read(at, size), offset);
    }
  }

  /** Runs of neighbouring addresses. Counting does not go from one page to the next. */
  private *runs(
    number: number,
    { address, mode }: ChannelRegisters,
    length: number,
  ): Iterable<{ readonly at: number; readonly offset: number; readonly size: number }> {
    const unit = number >= 4 ? 2 : 1;
    const page = this.state.pages[PAGES[number] ?? 0] ?? 0;
    const base = (unit === 2 ? page & 0xfe : page) * 0x10000;
    const down = (mode & Mode.DECREMENT) !== 0;
    let at = address;
    for (let offset = 0; offset < length;) {
      const units = down ? 1 : 0x10000 - at;
      const size = Math.min(length - offset, units * unit);
      yield { at: base + at * unit, offset, size };
      offset += size;
      at = down ? (at - 1) & 0xffff : 0;
    }
  }
}

function reachTerminalCount(chip: ChipState, number: number): void {
  const channel = chip.channels[number];
  if (!channel) return;
  chip.terminal |= 1 << number;
  chip.request &= ~(1 << number);
  if ((channel.mode & Mode.AUTO_INITIALIZE) === 0) {
    chip.mask |= 1 << number;
    return;
  }
  channel.address = channel.baseAddress;
  channel.count = channel.baseCount;
}

/** TC bits go when they are read; requests stay. */
function readStatus(chip: ChipState): number {
  const status = chip.terminal | (chip.request << 4);
  chip.terminal = 0;
  return status;
}

function readWord(chip: ChipState, register: number): number {
  const channel = chip.channels[register >> 1];
  const value = (register & 1 ? channel?.count : channel?.address) ?? 0;
  const { high } = chip;
  chip.high = !high;
  return high ? value >> 8 : value & 0xff;
}

/** Base and current registers are written together. */
function writeWord(chip: ChipState, register: number, value: number): void {
  const channel = chip.channels[register >> 1];
  if (!channel) return;
  const put = (word: number): number =>
    chip.high ? (word & 0xff) | (value << 8) : (word & 0xff00) | value;
  if (register & 1) channel.baseCount = channel.count = put(channel.baseCount);
  else channel.baseAddress = channel.address = put(channel.baseAddress);
  chip.high = !chip.high;
}

function writeControl(chip: ChipState, register: number, value: number): void {
  const bit = 1 << (value & 3);
  const channel = chip.channels[value & 3];
  switch (register) {
    case 0x8:
      chip.command = value;
      break;
    case 0x9:
      chip.request = value & 4 ? chip.request | bit : chip.request & ~bit;
      break;
    case 0xa:
      chip.mask = value & 4 ? chip.mask | bit : chip.mask & ~bit;
      break;
    case 0xb:
      if (channel) channel.mode = value;
      break;
    case 0xc:
      chip.high = false;
      break;
    case 0xd: // master clear: addresses, counts and modes stay
      Object.assign(chip, { command: 0, request: 0, mask: 0xf, terminal: 0, high: false });
      break;
    case 0xe:
      chip.mask = 0;
      break;
    default:
      chip.mask = value & 0xf;
  }
}
