import { ports, type InterruptLine, type PortDevice, type Stateful } from './device';

/**
 * The PC's parallel port, with an extended mode for reading (IBM PS/2 Hardware Interface Technical Reference,
 * "Parallel Port Controller"), and a printer that is always ready. A byte is printed when STROBE goes up, and the
 * printer acknowledges it at once: the acknowledge pulse lasts no time.
 */

export interface ParallelConfig {
  readonly name?: string;
  /** First of its three ports; 0x378 is LPT1. */
  readonly base?: number;
  /** Its interrupt line (IRQ 7 for LPT1). */
  readonly irq?: InterruptLine;
  /** A byte was strobed out. */
  readonly onByte?: (byte: number) => void;
}

/** Status register; ACKNOWLEDGE, BUSY and ERROR are active low. */
export const PrinterStatus = {
  ERROR: 8,
  SELECTED: 0x10,
  NO_PAPER: 0x20,
  ACKNOWLEDGE: 0x40,
  BUSY: 0x80,
  UNUSED: 7,
} as const;
/** Control register; the two highest bits read as 1. */
export const PrinterControl = {
  STROBE: 1,
  AUTO_FEED: 2,
  /** Low initializes the printer. */
  NOT_INITIALIZE: 4,
  SELECT: 8,
  INTERRUPT: 0x10,
  INPUT: 0x20,
  UNUSED: 0xc0,
} as const;
const { ERROR, SELECTED, ACKNOWLEDGE, BUSY, UNUSED } = PrinterStatus;
const READY = ERROR | SELECTED | ACKNOWLEDGE | BUSY | UNUSED;
/** While it is initialized it is busy. */
const INITIALIZING = READY & ~BUSY;
const WRITABLE = 0x3f;

export interface ParallelState {
  data: number;
  control: number;
}

const initial = (): ParallelState => ({
  data: 0,
  control: PrinterControl.NOT_INITIALIZE | PrinterControl.SELECT,
});

export class ParallelPort implements PortDevice, Stateful<ParallelState> {
  readonly name: string;
  readonly ports;
  private s = initial();

  constructor(private readonly config: ParallelConfig = {}) {
    const base = config.base ?? 0x378;
    this.name = config.name ?? 'parallel';
    this.ports = [ports(base, base + 2)];
  }

  private get base(): number {
    return this.config.base ?? 0x378;
  }

  readPort(port: number): number {
    const { data, control } = this.s;
    switch (port - this.base) {
      case 0: // Nobody drives the lines from outside.
        return control & PrinterControl.INPUT ? 0xff : data;
      case 1:
        return control & PrinterControl.NOT_INITIALIZE ? READY : INITIALIZING;
      default:
        return control | PrinterControl.UNUSED;
    }
  }

  writePort(port: number, _width: number, value: number): void {
    switch (port - this.base) {
      case 0:
        this.s.data = value;
        break;
      case 2:
        this.writeControl(value & WRITABLE);
        break;
      default: // The status register cannot be written.
    }
  }

  private writeControl(value: number): void {
    const rises = value & ~this.s.control;
    this.s.control = value;
    const takes = (value & (PrinterControl.NOT_INITIALIZE | PrinterControl.INPUT)) === 4;
    const interrupts = (value & PrinterControl.INTERRUPT) !== 0;
    if (!interrupts) this.config.irq?.(false);
    if (!(rises & PrinterControl.STROBE) || !takes) return;
    this.config.onByte?.(this.s.data);
    if (!interrupts) return;
    // The interrupt line follows the acknowledge line: the end of its pulse is the edge.
    this.config.irq?.(false);
    this.config.irq?.(true);
  }

  save(): ParallelState {
    return { ...this.s };
  }

  restore(state: ParallelState): void {
    this.s = { ...state };
  }

  reset(): void {
    this.s = initial();
  }
}
