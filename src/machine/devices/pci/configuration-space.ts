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

/** A range of memory or of ports that software places by a base address register (6.2.5.1). */
export interface BaseAddress {
  /** Number of the base address register, 0 to 5. */
  readonly bar: number;
  readonly space: 'memory' | 'ports';
  /** A power of 2. */
  readonly size: number;
  readonly prefetchable?: boolean;
  /** Where it lies after RESET; default: 0. */
  readonly reset?: number;
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
  readonly bases?: readonly BaseAddress[];
  /** The command register after RESET; default: 0, nothing answers. */
  readonly command?: number;
  /** What it has beside the header. */
  readonly registers?: readonly ConfigurationRegister[];
  /** Something may be another than before: it was written, restored or reset. */
  readonly onChange?: () => void;
}

const SIZE = 256;
/** Bits of a base address register that tell what it is. */
const Bar = { PORTS: 1, PREFETCHABLE: 8 } as const;
const LOWEST = { memory: 0x10, ports: 4 } as const;
const COMMAND_WRITABLE =
  Command.IO | Command.MEMORY | Command.BUS_MASTER | Command.SERR | Command.INTERRUPT_DISABLE;

/** Configuration space that is registers and nothing else. */
export class ConfigurationSpace implements PciFunction {
  readonly name: string;
  private bytes = new Uint8Array(SIZE);
  private readonly initial = new Uint8Array(SIZE);
  private readonly writable = new Uint8Array(SIZE);

  constructor(private readonly config: ConfigurationConfig) {
    this.name = config.name;
    const { vendor, device, revision = 0, classCode, status = 0, multifunction = false } = config;
    const { command = 0 } = config;
    for (const register of [
      { offset: Header.VENDOR, bytes: 2, reset: vendor },
      { offset: Header.DEVICE, bytes: 2, reset: device },
      { offset: Header.COMMAND, bytes: 2, reset: command, writable: COMMAND_WRITABLE },
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
    for (const base of config.bases ?? []) {
      put(this.initial, barOffset(base), 4, (base.reset ?? 0) | flagsOf(base));
      put(this.writable, barOffset(base), 4, -Math.max(base.size, LOWEST[base.space]));
    }
    this.bytes = this.initial.slice();
  }

  /** Where the range of a base address register answers; undefined while the command register does not let it. */
  placeOf(bar: number): { readonly first: number; readonly last: number } | undefined {
    const base = this.config.bases?.find((each) => each.bar === bar);
    const enable = base?.space === 'ports' ? Command.IO : Command.MEMORY;
    if (!base || (this.command & enable) === 0) return undefined;
    const first = (get(this.bytes, barOffset(base), 4) & -base.size) >>> 0;
    return { first, last: first + base.size - 1 };
  }

  get command(): number {
    return get(this.bytes, Header.COMMAND, 2);
  }

  /** For what wraps it: the present value of a byte. */
  byteAt(register: number): number {
    return this.bytes[register] ?? 0;
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
    this.config.onChange?.();
  }

  save(): Uint8Array {
    return this.bytes.slice();
  }

  restore(state: Uint8Array): void {
    this.bytes = state.slice();
    this.config.onChange?.();
  }

  reset(): void {
    this.bytes = this.initial.slice();
    this.config.onChange?.();
  }

  private define({ offset, bytes, reset = 0, writable = 0 }: ConfigurationRegister): void {
    put(this.initial, offset, bytes, reset);
    put(this.writable, offset, bytes, writable);
  }
}

const barOffset = ({ bar }: BaseAddress): number => Header.BAR0 + 4 * bar;

function flagsOf({ space, prefetchable = false }: BaseAddress): number {
  if (space === 'ports') return Bar.PORTS;
  return prefetchable ? Bar.PREFETCHABLE : 0;
}

function get(bytes: Uint8Array, offset: number, width: number): number {
  let value = 0;
  for (let n = 0; n < width; n++) value |= (bytes[offset + n] ?? 0) << (8 * n);
  return value >>> 0;
}

function put(bytes: Uint8Array, offset: number, width: number, value: number): void {
  for (let n = 0; n < width; n++) bytes[offset + n] = value >>> (8 * n);
}
