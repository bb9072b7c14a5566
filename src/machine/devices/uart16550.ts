import { ports, type InterruptLine, type PortDevice, type Stateful } from './device';

/** National Semiconductor PC16550D, as the PC's serial port. Register numbers are port offsets. */

export interface UartConfig {
  readonly name?: string;
  /** First of its 8 ports; 0x3f8 is COM1. */
  readonly base?: number;
  /** A byte leaves the serial port. */
  readonly onTransmit?: (byte: number) => void;
  /** Its interrupt line (IRQ 4 for COM1). */
  readonly irq?: InterruptLine;
}

/** Interrupt enable register. */
export const Ier = { RECEIVED: 1, THR_EMPTY: 2, LINE_STATUS: 4, MODEM_STATUS: 8 } as const;
/** Interrupt identification register, low 4 bits. */
export const Iir = {
  MODEM_STATUS: 0x0,
  NONE: 0x1,
  THR_EMPTY: 0x2,
  RECEIVED: 0x4,
  LINE_STATUS: 0x6,
  TIMEOUT: 0xc,
  FIFOS: 0xc0,
} as const;
export const Fcr = { ENABLE: 1, CLEAR_RX: 2, CLEAR_TX: 4, DMA: 8, TRIGGER: 0xc0 } as const;
export const Lcr = { BREAK: 0x40, DLAB: 0x80 } as const;
export const Mcr = { DTR: 1, RTS: 2, OUT1: 4, OUT2: 8, LOOP: 0x10 } as const;
export const Lsr = {
  DATA_READY: 1,
  OVERRUN: 2,
  PARITY: 4,
  FRAMING: 8,
  BREAK: 0x10,
  THR_EMPTY: 0x20,
  IDLE: 0x40,
  FIFO_ERROR: 0x80,
} as const;
export const Msr = {
  DELTA_CTS: 1,
  DELTA_DSR: 2,
  TRAILING_RI: 4,
  DELTA_DCD: 8,
  CTS: 0x10,
  DSR: 0x20,
  RI: 0x40,
  DCD: 0x80,
} as const;

const FIFO_SIZE = 16;
const TRIGGER_LEVELS = [1, 4, 8, 14] as const;
const LINE_ERRORS = Lsr.OVERRUN | Lsr.PARITY | Lsr.FRAMING | Lsr.BREAK;
/** What a terminal at the other end shows: ready to send, data set ready, carrier. */
const CONNECTED = Msr.CTS | Msr.DSR | Msr.DCD;

/** A received character with its line errors. */
interface Character {
  byte: number;
  errors: number;
}

export interface UartState {
  ier: number;
  fcr: number;
  lcr: number;
  mcr: number;
  scratch: number;
  divisor: number;
  /** OVERRUN only: the other errors travel with their characters. */
  overrun: boolean;
  /** Errors of the character at the head of the queue that the program has already read. */
  errorsSeen: boolean;
  msr: number;
  received: Character[];
  /** Bytes from outside for which there is no room yet. */
  waiting: number[];
  /** The THR-empty interrupt is pending. */
  thrInterrupt: boolean;
}

function initial(): UartState {
  return {
    ier: 0,
    fcr: 0,
    lcr: 0,
    mcr: 0,
    scratch: 0,
    divisor: 12,
    overrun: false,
    errorsSeen: false,
    msr: CONNECTED,
    received: [],
    waiting: [],
    thrInterrupt: false,
  };
}

/**
 * Sending takes no time: the transmitter is always empty again at once. Bytes from outside wait until
 * there is room, so that only a program's own loopback can overrun the receiver. Fewer characters
 * than the trigger level raise the time-out interrupt as soon as no more are waiting.
 */
export class Uart16550 implements PortDevice, Stateful<UartState> {
  readonly name: string;
  readonly ports;
  private state = initial();
  private line = false;

  constructor(private readonly config: UartConfig = {}) {
    const base = config.base ?? 0x3f8;
    this.name = config.name ?? 'uart';
    this.ports = [ports(base, base + 7)];
  }

  /** Bytes arrive from outside. */
  receive(bytes: Iterable<number>): void {
    for (const byte of bytes) this.state.waiting.push(byte & 0xff);
    this.refill();
    this.update();
  }

  /** Bytes from outside that the program has not taken yet. */
  get backlog(): number {
    return this.state.waiting.length;
  }

  readPort(port: number): number {
    const s = this.state;
    switch (port & 7) {
      case 0:
        return this.latched ? s.divisor & 0xff : this.readData();
      case 1:
        return this.latched ? s.divisor >> 8 : s.ier;
      case 2:
        return this.readIdentification();
      case 3:
        return s.lcr;
      case 4:
        return s.mcr;
      case 5:
        return this.readLineStatus();
      case 6: {
        const value = this.modemStatus();
        s.msr &= 0xf0;
        this.update();
        return value;
      }
      default:
        return s.scratch;
    }
  }

  writePort(port: number, _width: number, value: number): void {
    const s = this.state;
    switch (port & 7) {
      case 0:
        if (this.latched) s.divisor = (s.divisor & 0xff00) | value;
        else this.transmit(value);
        break;
      case 1:
        if (this.latched) s.divisor = (s.divisor & 0xff) | (value << 8);
        else this.writeEnables(value & 0xf);
        break;
      case 2:
        this.writeFifoControl(value);
        break;
      case 3:
        this.writeLineControl(value);
        break;
      case 4:
        this.writeModemControl(value & 0x1f);
        break;
      case 7:
        s.scratch = value;
        break;
      default: // The status registers cannot be written (PC16550D, 8.4: factory test only).
    }
    this.update();
  }

  save(): UartState {
    return structuredClone(this.state);
  }

  restore(state: UartState): void {
    this.state = structuredClone(state);
    this.line = this.interrupting();
  }

  reset(): void {
    this.state = initial();
    this.update();
  }

  private get latched(): boolean {
    return (this.state.lcr & Lcr.DLAB) !== 0;
  }

  private get fifos(): boolean {
    return (this.state.fcr & Fcr.ENABLE) !== 0;
  }

  private get looped(): boolean {
    return (this.state.mcr & Mcr.LOOP) !== 0;
  }

  private get capacity(): number {
    return this.fifos ? FIFO_SIZE : 1;
  }

  private transmit(byte: number): void {
    this.state.thrInterrupt = false;
    if (this.looped) this.arrive({ byte, errors: 0 });
    else this.config.onTransmit?.(byte);
    this.state.thrInterrupt = true;
  }

  /** A character reaches the receiver, and is lost when there is no room. */
  private arrive(character: Character): void {
    const s = this.state;
    if (s.received.length < this.capacity) {
      s.received.push(character);
      return;
    }
    s.overrun = true;
    // Without FIFOs the new character takes the place of the old one.
    if (!this.fifos) s.received = [character];
  }

  private refill(): void {
    const s = this.state;
    if (this.looped) return;
    while (s.waiting.length > 0 && s.received.length < this.capacity) {
      s.received.push({ byte: s.waiting.shift() ?? 0, errors: 0 });
    }
  }

  private readData(): number {
    const s = this.state;
    const head = s.received.shift();
    s.errorsSeen = false;
    this.refill();
    this.update();
    return head?.byte ?? 0;
  }

  private lineErrors(): number {
    const s = this.state;
    const head = s.errorsSeen ? 0 : (s.received[0]?.errors ?? 0);
    return head | (s.overrun ? Lsr.OVERRUN : 0);
  }

  private readLineStatus(): number {
    const s = this.state;
    const ready = s.received.length > 0 ? Lsr.DATA_READY : 0;
    const queued = this.fifos && s.received.some(({ errors }) => errors !== 0);
    const value =
      ready | this.lineErrors() | Lsr.THR_EMPTY | Lsr.IDLE | (queued ? Lsr.FIFO_ERROR : 0);
    s.overrun = false;
    s.errorsSeen = true;
    if (s.received[0]) s.received[0].errors = 0;
    this.update();
    return value;
  }

  /** In loopback the modem-control outputs are the modem-status inputs. */
  private modemLines(mcr: number): number {
    if ((mcr & Mcr.LOOP) === 0) return CONNECTED;
    return (
      ((mcr & Mcr.RTS) !== 0 ? Msr.CTS : 0) |
      ((mcr & Mcr.DTR) !== 0 ? Msr.DSR : 0) |
      ((mcr & Mcr.OUT1) !== 0 ? Msr.RI : 0) |
      ((mcr & Mcr.OUT2) !== 0 ? Msr.DCD : 0)
    );
  }

  private modemStatus(): number {
    return this.state.msr;
  }

  private writeModemControl(value: number): void {
    const s = this.state;
    s.mcr = value;
    const [before, after] = [s.msr & 0xf0, this.modemLines(value)];
    const changed = before ^ after;
    // RI is noted only as it goes away; the others at every change.
    const deltas =
      ((changed & (Msr.CTS | Msr.DSR | Msr.DCD)) >> 4) |
      ((changed & before & Msr.RI) !== 0 ? Msr.TRAILING_RI : 0);
    s.msr = after | (s.msr & 0xf) | deltas;
    this.refill();
  }

  private writeEnables(value: number): void {
    const s = this.state;
    // Turning on the THR-empty interrupt while the THR is empty raises it.
    if ((value & ~s.ier & Ier.THR_EMPTY) !== 0) s.thrInterrupt = true;
    s.ier = value;
  }

  private writeFifoControl(value: number): void {
    const s = this.state;
    const enable = value & Fcr.ENABLE;
    const switched = (s.fcr & Fcr.ENABLE) !== enable;
    if (switched || (enable !== 0 && (value & Fcr.CLEAR_RX) !== 0)) s.received = [];
    // The other bits count only while the FIFOs are enabled.
    s.fcr = enable === 0 ? 0 : value & (Fcr.ENABLE | Fcr.DMA | Fcr.TRIGGER);
    this.refill();
  }

  private writeLineControl(value: number): void {
    const started = (value & ~this.state.lcr & Lcr.BREAK) !== 0;
    this.state.lcr = value;
    if (started && this.looped) this.arrive({ byte: 0, errors: Lsr.BREAK });
  }

  /** The interrupt of the highest priority (PC16550D, table III). */
  private identify(): number {
    const { ier, fcr, received } = this.state;
    if ((ier & Ier.LINE_STATUS) !== 0 && (this.lineErrors() & LINE_ERRORS) !== 0) {
      return Iir.LINE_STATUS;
    }
    if ((ier & Ier.RECEIVED) !== 0 && received.length > 0) {
      const trigger = this.fifos ? (TRIGGER_LEVELS[(fcr >> 6) & 3] ?? 1) : 1;
      return received.length >= trigger ? Iir.RECEIVED : Iir.TIMEOUT;
    }
    if ((ier & Ier.THR_EMPTY) !== 0 && this.state.thrInterrupt) return Iir.THR_EMPTY;
    if ((ier & Ier.MODEM_STATUS) !== 0 && (this.state.msr & 0xf) !== 0) return Iir.MODEM_STATUS;
    return Iir.NONE;
  }

  private readIdentification(): number {
    const found = this.identify();
    if (found === Iir.THR_EMPTY) this.state.thrInterrupt = false;
    this.update();
    return found | (this.fifos ? Iir.FIFOS : 0);
  }

  /** On a PC, OUT2 connects the UART to its interrupt line. */
  private interrupting(): boolean {
    return (this.state.mcr & Mcr.OUT2) !== 0 && this.identify() !== Iir.NONE;
  }

  private update(): void {
    const level = this.interrupting();
    if (level === this.line) return;
    this.line = level;
    this.config.irq?.(level);
  }
}
