import { ports, type PortDevice, type Stateful } from './device';

export interface SystemControlConfig {
  /** Port 0x92 was written, which drives the A20 line. */
  readonly onA20?: (enabled: boolean) => void;
  readonly onReset?: () => void;
  /** State of A20 after power-on; default: enabled, as firmware leaves it. */
  readonly a20?: boolean;
}

export interface SystemControlState {
  a20: boolean;
}

const PORT = 0x92;
const Port92 = { RESET: 1, A20: 2 } as const;

/** System control port A (0x92): A20 and fast reset. */
export class SystemControl implements PortDevice, Stateful<SystemControlState> {
  readonly name = 'system-control';
  readonly ports = [ports(PORT)];
  private state: SystemControlState;

  constructor(private readonly config: SystemControlConfig = {}) {
    this.state = this.initial();
  }

  readPort(): number {
    return this.state.a20 ? Port92.A20 : 0;
  }

  writePort(_port: number, _width: number, value: number): void {
    this.state.a20 = (value & Port92.A20) !== 0;
    this.config.onA20?.(this.state.a20);
    if ((value & Port92.RESET) !== 0) this.config.onReset?.();
  }

  save(): SystemControlState {
    return { ...this.state };
  }

  restore(state: SystemControlState): void {
    this.state = { ...state };
  }

  reset(): void {
    this.state = this.initial();
  }

  private initial(): SystemControlState {
    return { a20: this.config.a20 ?? true };
  }
}
