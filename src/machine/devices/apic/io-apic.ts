import type { InterruptLine, Stateful } from '../device';
import { deliveryOf, type ApicMessage } from './message';

/** The I/O APIC of a PC, with 24 inputs (Intel 82093AA, 290566). An edge on a masked input is lost. */

export interface IoApicConfig {
  /** An interrupt message to local APICs. */
  readonly send: (message: ApicMessage) => void;
}

const PINS = 24;
const VERSION = 0x11 | ((PINS - 1) << 16);
const Register = { ID: 0, VERSION: 1, ARBITRATION: 2, TABLE: 0x10 } as const;

/** Redirection table (3.2.4), the low 32 bits. */
const Entry = {
  VECTOR: 0xff,
  LOGICAL: 0x800,
  ACTIVE_LOW: 0x2000,
  REMOTE_IRR: 0x4000,
  LEVEL: 0x8000,
  MASKED: 0x1_0000,
  WRITABLE: 0x1_afff,
} as const;

export interface IoApicState {
  select: number;
  id: number;
  low: number[];
  high: number[];
  /** Levels of the inputs. */
  lines: number;
}

/** Firmware gives it a number that no local APIC has: 8. */
const FIRMWARE_ID = 8 << 24;

const initial = (): IoApicState => ({
  select: 0,
  id: FIRMWARE_ID,
  low: new Array<number>(PINS).fill(Entry.MASKED),
  high: new Array<number>(PINS).fill(0),
  lines: 0,
});

export class IoApic implements Stateful<IoApicState> {
  readonly name = 'io-apic';
  private s = initial();

  constructor(private readonly config: IoApicConfig) {}

  /** A device's line to an input. */
  pin(number: number): InterruptLine {
    return (level) => {
      this.setLine(number, level);
    };
  }

  /** Whether what comes to an input reaches a processor. */
  isOpen(pin: number): boolean {
    return ((this.s.low[pin] ?? Entry.MASKED) & Entry.MASKED) === 0;
  }

  private setLine(pin: number, level: boolean): void {
    const bit = 1 << pin;
    const was = (this.s.lines & bit) !== 0;
    this.s.lines = level ? this.s.lines | bit : this.s.lines & ~bit;
    const entry = this.s.low[pin] ?? 0;
    if (entry & Entry.LEVEL) this.offerLevel(pin);
    else if (level && !was) this.send(pin, entry);
  }

  /** A level-triggered input asks again after each EOI while its line is up. */
  private offerLevel(pin: number): void {
    const entry = this.s.low[pin] ?? 0;
    const active = (this.s.lines & (1 << pin)) !== 0;
    if (!active || entry & (Entry.REMOTE_IRR | Entry.MASKED)) return;
    this.s.low[pin] = entry | Entry.REMOTE_IRR;
    this.send(pin, entry);
  }

  private send(pin: number, entry: number): void {
    if (entry & Entry.MASKED) return;
    this.config.send({
      delivery: deliveryOf(entry),
      vector: entry & Entry.VECTOR,
      destination: (this.s.high[pin] ?? 0) >>> 24,
      logical: (entry & Entry.LOGICAL) !== 0,
      level: (entry & Entry.LEVEL) !== 0,
    });
  }

  /** The interrupt with this vector is over. */
  endOfInterrupt(vector: number): void {
    for (let pin = 0; pin < PINS; pin++) {
      const entry = this.s.low[pin] ?? 0;
      if ((entry & Entry.VECTOR) !== vector || !(entry & Entry.LEVEL)) continue;
      this.s.low[pin] = entry & ~Entry.REMOTE_IRR;
      this.offerLevel(pin);
    }
  }

  /** IOREGSEL at offset 0, IOWIN at 0x10. */
  read(offset: number): number {
    if ((offset & 0xff) === 0) return this.s.select;
    return (offset & 0xff) === 0x10 ? this.readRegister(this.s.select) : 0;
  }

  write(offset: number, value: number): void {
    if ((offset & 0xff) === 0) this.s.select = value & 0xff;
    else if ((offset & 0xff) === 0x10) this.writeRegister(this.s.select, value);
  }

  private readRegister(register: number): number {
    if (register === Register.VERSION) return VERSION;
    if (register < Register.TABLE) return register === Register.ID ? this.s.id : 0;
    const pin = (register - Register.TABLE) >> 1;
    return ((register & 1 ? this.s.high : this.s.low)[pin] ?? 0) >>> 0;
  }

  private writeRegister(register: number, value: number): void {
    if (register === Register.ID) this.s.id = value & 0x0f00_0000;
    const pin = (register - Register.TABLE) >> 1;
    if (register < Register.TABLE || pin >= PINS) return;
    if (register & 1) {
      this.s.high[pin] = (value & 0xff00_0000) >>> 0;
      return;
    }
    const kept = (this.s.low[pin] ?? 0) & Entry.REMOTE_IRR;
    this.s.low[pin] = (value & Entry.WRITABLE) | (value & Entry.LEVEL ? kept : 0);
    if (value & Entry.LEVEL) this.offerLevel(pin);
  }

  save(): IoApicState {
    return structuredClone(this.s);
  }

  restore(state: IoApicState): void {
    this.s = structuredClone(state);
  }

  reset(): void {
    this.s = initial();
  }
}
