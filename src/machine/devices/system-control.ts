import { ports, type PortDevice, type PortWidth, type Stateful } from './device';

export interface SystemControlConfig {
  /** Port 0x92 was written, which drives the A20 line. */
  readonly onA20?: (enabled: boolean) => void;
  readonly onReset?: () => void;
  readonly onPowerOff?: () => void;
  /** State of A20 after power-on; default: enabled, as firmware leaves it. */
  readonly a20?: boolean;
}

export interface SystemControlState {
  a20: boolean;
  /** PM1a_EN, PM1a_STS and PM1a_CNT of ACPI. */
  enable: number;
  control: number;
}

const Port92 = { RESET: 1, A20: 2 } as const;
/** PM1 control register (ACPI 4.8.3.2.1). */
const Pm1Control = { SCI_EN: 1, SLEEP_TYPE: 0x1c00, SLEEP_ENABLE: 0x2000 } as const;
const PM1_EVENT = 0x600;
const PM1_CONTROL = 0x604;

/**
 * System control port A (0x92: A20 and fast reset) and the ACPI registers by which a PC is powered off,
 * where QEMU's PIIX4 has them: writing 0x2000 to port 0x604 powers off.
 */
export class SystemControl implements PortDevice, Stateful<SystemControlState> {
  readonly name = 'system-control';
  readonly ports = [
    ports(0x92),
    ports(PM1_EVENT, PM1_EVENT + 3, 2),
    ports(PM1_CONTROL, PM1_CONTROL + 1, 2),
  ];
  private state: SystemControlState;

  constructor(private readonly config: SystemControlConfig = {}) {
    this.state = this.initial();
  }

  readPort(port: number, width: PortWidth): number {
    if (port === 0x92) return this.state.a20 ? Port92.A20 : 0;
    const register =
      port >= PM1_CONTROL ? this.state.control : port >= 0x602 ? this.state.enable : 0;
    return width === 1 && (port & 1) !== 0 ? register >> 8 : register;
  }

  writePort(port: number, width: PortWidth, value: number): void {
    if (port === 0x92) this.writeControlA(value);
    else if (port >= PM1_CONTROL)
      this.writePm1Control(merge(this.state.control, port, width, value));
    else if (port >= 0x602) this.state.enable = merge(this.state.enable, port, width, value);
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
    return { a20: this.config.a20 ?? true, enable: 0, control: Pm1Control.SCI_EN };
  }

  private writeControlA(value: number): void {
    this.state.a20 = (value & Port92.A20) !== 0;
    this.config.onA20?.(this.state.a20);
    if ((value & Port92.RESET) !== 0) this.config.onReset?.();
  }

  private writePm1Control(value: number): void {
    this.state.control = value & ~Pm1Control.SLEEP_ENABLE;
    // Sleep type 0 is soft-off (S5) on the PIIX4.
    const off = (value & Pm1Control.SLEEP_ENABLE) !== 0 && (value & Pm1Control.SLEEP_TYPE) === 0;
    if (off) this.config.onPowerOff?.();
  }
}

/** A byte or word written into a 16-bit register. */
function merge(register: number, port: number, width: PortWidth, value: number): number {
  if (width === 2) return value;
  return (port & 1) !== 0 ? (register & 0xff) | (value << 8) : (register & 0xff00) | value;
}
