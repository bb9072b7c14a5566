import type { PortWidth } from '../device';
import { Command, Header, MULTIFUNCTION, type PciFunction } from './pci-function';

/** Some bytes of configuration space. */
export interface ConfigurationRegister {
  readonly offset: number;
  readonly bytes: number;
  /** Its value after RESET; default: 0. */
  readonly reset?: number;
  /** The bits that keep what is written; default: none. */
  readonly writable?: number;
}

/** A range of memory that lies where it lies: its base address register tells where, and how long it is. */
export interface FixedMemory {
  /** Number of the base address register, 0 to 5. */
  readonly bar: number;
  readonly address: number;
  /** A power of 2. */
  readonly size: number;
  readonly prefetchable?: boolean;
}

export interface ConfigurationConfig {
  readonly name: string;
  readonly vendor: number;
  readonly device: number;
  readonly revision?: number;
  /** Base class, subclass and programming interface, in 24 bits (appendix D). */
  readonly classCode: number;
  readonly status?: number;
  /** Function 0 of a device that has several. */
  readonly multifunction?: boolean;
  readonly memory?: readonly FixedMemory[];
  /** What it has beside the header. */
  readonly registers?: readonly ConfigurationRegister[];
}

const SIZE = 256;
const COMMAND_WRITABLE =
  Command.IO | Command.MEMORY | Command.BUS_MASTER | Command.SERR | Command.INTERRUPT_DISABLE;
/** Base address registers of memory (6.2.5.1). */
const Bar = { PREFETCHABLE: 8, FLAGS: 0xf } as const;

/** Configuration space that is registers and nothing else. */
export class ConfigurationSpace implements PciFunction {
  readonly name: string;
  private bytes = new Uint8Array(SIZE);
  private readonly initial = new Uint8Array(SIZE);
  private readonly writable = new Uint8Array(SIZE);

  constructor(private readonly config: ConfigurationConfig) {
    this.name = config.name;
    const { vendor, device, revision = 0, classCode, status = 0, multifunction = false } = config;
    for (const register of [
      { offset: Header.VENDOR, bytes: 2, reset: vendor },
      { offset: Header.DEVICE, bytes: 2, reset: device },
      { offset: Header.COMMAND, bytes: 2, writable: COMMAND_WRITABLE },
      { offset: Header.STATUS, bytes: 2, reset: status },
      { offset: Header.REVISION, bytes: 1, reset: revision },
      { offset: Header.CLASS, bytes: 3, reset: classCode },
      { offset: Header.CACHE_LINE, bytes: 1, writable: 0xff },
      { offset: Header.TYPE, bytes: 1, reset: multifunction ? MULTIFUNCTION : 0 },
      { offset: Header.INTERRUPT_LINE, bytes: 1, writable: 0xff },
      ...(config.registers ?? []),
    ]) {
      this.define(register);
    }
    for (const memory of config.memory ?? []) {
      put(this.initial, barOffset(memory), 4, memory.address | flagsOf(memory));
      put(this.writable, barOffset(memory), 4, ~Bar.FLAGS);
    }
    this.reset();
  }

  readConfiguration(register: number, width: PortWidth): number {
    return get(this.bytes, register, width);
  }

  writeConfiguration(register: number, width: PortWidth, value: number): void {
    for (let n = 0; n < width; n++) {
      const mask = this.writable[register + n] ?? 0;
      const before = this.bytes[register + n] ?? 0;
      this.bytes[register + n] = (before & ~mask) | ((value >>> (8 * n)) & mask);
    }
    const memory = this.config.memory?.find((each) => barOffset(each) === (register & ~3));
    if (memory) this.settle(memory);
  }

  save(): Uint8Array {
    return this.bytes.slice();
  }

  restore(state: Uint8Array): void {
    this.bytes = state.slice();
  }

  reset(): void {
    this.bytes = this.initial.slice();
  }

  /** All ones ask for the size (6.2.5.1, implementation note); any other address stays what it is. */
  private settle(memory: FixedMemory): void {
    const written = get(this.bytes, barOffset(memory), 4) & ~Bar.FLAGS;
    const address = written === ~Bar.FLAGS ? -memory.size : memory.address;
    put(this.bytes, barOffset(memory), 4, address | flagsOf(memory));
  }

  private define({ offset, bytes, reset = 0, writable = 0 }: ConfigurationRegister): void {
    put(this.initial, offset, bytes, reset);
    put(this.writable, offset, bytes, writable);
  }
}

const barOffset = ({ bar }: FixedMemory): number => Header.BAR0 + 4 * bar;
const flagsOf = ({ prefetchable = false }: FixedMemory): number =>
  prefetchable ? Bar.PREFETCHABLE : 0;

function get(bytes: Uint8Array, offset: number, width: number): number {
  let value = 0;
  for (let n = 0; n < width; n++) value |= (bytes[offset + n] ?? 0) << (8 * n);
  return value >>> 0;
}

function put(bytes: Uint8Array, offset: number, width: number, value: number): void {
  for (let n = 0; n < width; n++) bytes[offset + n] = value >>> (8 * n);
}
