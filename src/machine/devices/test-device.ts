import {
  ports,
  type InterruptLine,
  type PortDevice,
  type PortWidth,
  type Stateful,
} from './device';

/** Ports, and a stretch of memory behind which there is no RAM. */
const LATCH = 0xe0;
const FLUSH = 0xe4;
const LINES = 0x2000;
export const TEST_MEMORY = { first: 0xff00_0000, last: 0xff00_ffff } as const;

export interface TestDeviceConfig {
  /** The lines of the interrupt controllers' inputs 0 to 23, as devices have them. */
  readonly lines: readonly InterruptLine[];
}

export interface TestDeviceState {
  readonly latch: readonly number[];
  /** The bytes of its memory that are not 0, by their offsets. */
  readonly memory: readonly (readonly [number, number])[];
}

/**
 * By which a program tests its computer, as QEMU's pc-testdev: a port that holds what was written to it, one for each
 * interrupt line, and memory that every access has to ask a device for.
 */
export class TestDevice implements PortDevice, Stateful<TestDeviceState> {
  readonly name = 'test-device';
  readonly ports;
  private latch = [0, 0, 0, 0];
  private memory = new Map<number, number>();

  constructor(private readonly config: TestDeviceConfig) {
    this.ports = [
      ports(LATCH, LATCH + 3),
      ports(FLUSH, FLUSH + 3, 4),
      ports(LINES, LINES + config.lines.length - 1),
    ];
  }

  readPort(port: number): number {
    return this.latch[port - LATCH] ?? 0;
  }

  /** Writes to the second port ask for translations to be forgotten that only a monitor below keeps: there is none. */
  writePort(port: number, _width: PortWidth, value: number): void {
    if (port < FLUSH) this.latch[port - LATCH] = value & 0xff;
    else this.config.lines[port - LINES]?.(value !== 0);
  }

  /** A byte of its memory, by its offset. */
  readMemory(offset: number): number {
    return this.memory.get(offset) ?? 0;
  }

  writeMemory(offset: number, value: number): void {
    if (value === 0) this.memory.delete(offset);
    else this.memory.set(offset, value);
  }

  save(): TestDeviceState {
    const memory = [...this.memory].sort(([a], [b]) => a - b);
    return { latch: [...this.latch], memory };
  }

  restore({ latch, memory }: TestDeviceState): void {
    this.latch = [...latch];
    this.memory = new Map(memory);
  }

  reset(): void {
    this.restore({ latch: [0, 0, 0, 0], memory: [] });
  }
}
