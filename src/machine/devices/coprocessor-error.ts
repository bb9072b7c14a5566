import { ports, type InterruptLine, type PortDevice, type Stateful } from './device';

export interface CoprocessorErrorConfig {
  /** IRQ 13. */
  readonly irq?: InterruptLine;
}

export interface CoprocessorErrorState {
  irq: boolean;
  ignored: boolean;
}

/**
 * How a PC tells of x87 errors while CR0.NE = 0 (SDM 1 D.2.1.2, "External Logic for MS-DOS Compatible Mode"): FERR# raises IRQ 13.
 * The handler writes to port F0h, which takes the request back and has the processor ignore the error (IGNNE#) until
 * it is gone, so that the handler itself may use the unit. F1h reset the 287; nothing is left of that.
 */
export class CoprocessorError implements PortDevice, Stateful<CoprocessorErrorState> {
  readonly name = 'coprocessor-error';
  readonly ports = [ports(0xf0, 0xf1)];
  private s: CoprocessorErrorState = { irq: false, ignored: false };

  constructor(private readonly config: CoprocessorErrorConfig = {}) {}

  /**
   * FERR#, as an x87 instruction that waits finds it.
   *
   * @returns IGNNE#: the instruction goes on nevertheless
   */
  ferr(pending: boolean): boolean {
    if (!pending) this.s.ignored = false;
    else if (!this.s.ignored) this.drive(true);
    return this.s.ignored;
  }

  /** Nothing can be read. */
  readPort(): number {
    return 0xff;
  }

  writePort(port: number): void {
    if (port !== 0xf0) return;
    if (this.s.irq) this.s.ignored = true;
    this.drive(false);
  }

  private drive(level: boolean): void {
    if (level === this.s.irq) return;
    this.s.irq = level;
    this.config.irq?.(level);
  }

  save(): CoprocessorErrorState {
    return { ...this.s };
  }

  restore(state: CoprocessorErrorState): void {
    this.s = { ...state };
  }

  reset(): void {
    this.drive(false);
    this.s.ignored = false;
  }
}
