import type { Clock, TimedDevice } from '../clock';
import {
  ports,
  type InterruptLine,
  type PortDevice,
  type PortRange,
  type PortWidth,
} from '../device';
import { PmTimer } from '../pm-timer';
import { ConfigurationSpace } from './configuration-space';
import { Status, type PciFunction } from './pci-function';

export interface PowerManagementConfig {
  readonly clock: Clock;
  readonly instructionsPerSecond: number;
  /** The system control interrupt: IRQ 9. */
  readonly sci: InterruptLine;
  readonly onPowerOff: () => void;
}

export interface PowerManagementState {
  readonly space: Uint8Array;
  /** PM1 enable and control registers (ACPI 6.5 4.8.3). */
  enable: number;
  control: number;
  /** Carries of the timer whose event has been cleared. */
  carriesSeen: number;
  /** What was written to the ports of advanced power management, and to the enable register of the general events. */
  apmControl: number;
  apmStatus: number;
  gpeEnable: number;
}

/** PMBASE, its enable bit in PMREGMISC, and DEVACTB (Intel 290562, 7.1). */
const Register = { BASE: 0x40, MISC: 0x80, DEVICE_B: 0x58 } as const;
const BASE_PORTS = 1;
const MISC_ENABLE = 1;
/** DEVACTB: a write to the APM control port is a system management interrupt. QEMU has the board do what that would. */
const APMC_ENABLED = 0x0200_0000;
/** Where programs that are started without firmware expect it. */
const USUAL = 0x600;
const SIZE = 64;

/** Offsets from PMBASE. */
const Pm1 = { STATUS: 0, ENABLE: 2, CONTROL: 4, TIMER: 8, TIMER_END: 12 } as const;
const Event = { TIMER: 1, WRITABLE: 0x0521 } as const;
const Control = { SCI_EN: 1, SLEEP_TYPE: 0x1c00, SLEEP_ENABLE: 0x2000 } as const;

const APM_CONTROL = 0xb2;
const APM_STATUS = 0xb3;
/** Values of the control port, as the FADT tells them. */
const Apm = { ACPI_ENABLE: 0xf1, ACPI_DISABLE: 0xf0 } as const;

/** QEMU's block of general-purpose events: 16 status bits, of which nothing sets any, and 16 enable bits. */
const GPE = 0xafe0;
const GPE_ENABLE = GPE + 2;

/** PIIX4's power management as QEMU's PC has it: ACPI's fixed hardware at ports that software places. */
export class PowerManagement implements PciFunction, PortDevice, TimedDevice {
  readonly name = 'power-management';
  private readonly space = new ConfigurationSpace({
    name: this.name,
    vendor: 0x8086,
    device: 0x7113,
    revision: 3,
    classCode: 0x06_8000,
    status: Status.DEVSEL_MEDIUM | Status.FAST_BACK_TO_BACK,
    registers: [
      { offset: 0x3d, bytes: 1, reset: 1 }, // INTA#, though the interrupt has a line of its own
      { offset: Register.BASE, bytes: 4, reset: USUAL | BASE_PORTS, writable: 0xffc0 },
      { offset: Register.MISC, bytes: 1, reset: MISC_ENABLE, writable: MISC_ENABLE },
      { offset: Register.DEVICE_B, bytes: 4, reset: APMC_ENABLED, writable: 0xffff_ffff },
    ],
  });
  private readonly timer: PmTimer;
  private s = initial();

  constructor(private readonly config: PowerManagementConfig) {
    this.timer = new PmTimer(config);
    config.clock.attach(this);
  }

  get ports(): readonly PortRange[] {
    const { space } = this;
    const fixed = [ports(APM_CONTROL, APM_STATUS), ports(GPE, GPE + 3)];
    if ((space.byteAt(Register.MISC) & MISC_ENABLE) === 0) return fixed;
    return [...fixed, ports(this.base, this.base + SIZE - 1, 4)];
  }

  private get base(): number {
    return this.space.readConfiguration(Register.BASE, 2) & 0xffc0;
  }

  readPort(port: number, width: PortWidth): number {
    if (port === APM_CONTROL) return this.s.apmControl;
    if (port === APM_STATUS) return this.s.apmStatus;
    if (port >= GPE && port < GPE + 4) return this.gpeByte(port);
    return this.registers(port - this.base, width);
  }

  private gpeByte(port: number): number {
    return port < GPE_ENABLE ? 0 : (this.s.gpeEnable >> (8 * (port - GPE_ENABLE))) & 0xff;
  }

  /** The rest of the 64 ports, of which PIIX4 uses more, reads as 0. */
  private registers(offset: number, width: PortWidth): number {
    if (offset >= Pm1.TIMER && offset < Pm1.TIMER_END) {
      return this.timer.count >>> (8 * (offset - Pm1.TIMER));
    }
    const { enable, control } = this.s;
    const words = [this.status, enable, control];
    let value = 0;
    for (let n = 0; n < width; n++) {
      const byte = ((words[(offset + n) >> 1] ?? 0) >> (8 * ((offset + n) & 1))) & 0xff;
      value |= byte << (8 * n);
    }
    return value >>> 0;
  }

  writePort(port: number, width: PortWidth, value: number): void {
    if (port === APM_CONTROL) this.writeApm(value);
    else if (port === APM_STATUS) this.s.apmStatus = value;
    else if (port >= GPE && port < GPE + 4) this.writeGpe(port, value);
    else this.writeRegisters(port - this.base, width, value);
    this.update();
  }

  private writeGpe(port: number, value: number): void {
    if (port >= GPE_ENABLE) this.s.gpeEnable = put(this.s.gpeEnable, port & 1, value);
  }

  private writeRegisters(offset: number, width: PortWidth, value: number): void {
    let { enable, control } = this.s;
    for (let n = 0; n < width; n++) {
      const [at, byte] = [offset + n, (value >>> (8 * n)) & 0xff];
      if (at === Pm1.STATUS && byte & Event.TIMER) this.s.carriesSeen = this.timer.carries;
      if (at >> 1 === Pm1.ENABLE >> 1) enable = put(enable, at & 1, byte) & Event.WRITABLE;
      if (at >> 1 === Pm1.CONTROL >> 1) control = put(control, at & 1, byte);
    }
    this.s.enable = enable;
    if (control !== this.s.control) this.writeControl(control);
  }

  private writeControl(value: number): void {
    this.s.control = value & ~Control.SLEEP_ENABLE;
    // Sleep type 0 is soft-off (S5) on the PIIX4.
    const off = (value & Control.SLEEP_ENABLE) !== 0 && (value & Control.SLEEP_TYPE) === 0;
    if (off) this.config.onPowerOff();
  }

  /** Firmware in system management mode would do that. */
  private writeApm(value: number): void {
    this.s.apmControl = value;
    if (value === Apm.ACPI_ENABLE) this.s.control |= Control.SCI_EN;
    else if (value === Apm.ACPI_DISABLE) this.s.control &= ~Control.SCI_EN;
  }

  private get status(): number {
    return this.timer.carries > this.s.carriesSeen ? Event.TIMER : 0;
  }

  /** Whether the timer's next carry will interrupt. */
  get timerArmed(): boolean {
    return (this.s.enable & Event.TIMER) !== 0;
  }

  timeReached(): void {
    this.update();
  }

  /** Drives the interrupt, and waits for what is to raise it. */
  private update(): void {
    this.config.sci((this.status & this.s.enable) !== 0);
    const waits = this.timerArmed && this.status === 0;
    this.config.clock.schedule(this, waits ? this.timer.timeOf(this.timer.carries + 1) : undefined);
  }

  readConfiguration(register: number, width: PortWidth): number {
    return this.space.readConfiguration(register, width);
  }

  writeConfiguration(register: number, width: PortWidth, value: number): void {
    this.space.writeConfiguration(register, width, value);
  }

  save(): PowerManagementState {
    return { ...this.s, space: this.space.save() };
  }

  restore({ space, ...state }: PowerManagementState): void {
    this.space.restore(space);
    this.s = { ...state };
  }

  reset(): void {
    this.space.reset();
    this.s = { ...initial(), carriesSeen: this.timer.carries };
    this.update();
  }
}

const initial = (): Omit<PowerManagementState, 'space'> => ({
  enable: 0,
  control: 0,
  carriesSeen: 0,
  apmControl: 0,
  apmStatus: 0,
  gpeEnable: 0,
});

/** A byte put into a word. */
const put = (word: number, byte: number, value: number): number =>
  byte === 0 ? (word & 0xff00) | value : (word & 0xff) | (value << 8);
