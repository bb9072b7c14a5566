import type { Clock, TimedDevice } from './clock';
import { ports, type InterruptLine, type PortDevice, type Stateful } from './device';

/** Motorola MC146818 real-time clock with the battery-backed memory of a PC. */

export interface RtcConfig {
  readonly clock: Clock;
  /** How many instructions pass during one second. */
  readonly instructionsPerSecond: number;
  /** The date and time at power-on, in seconds since 1970-01-01 00:00:00. */
  readonly startTime: number;
  /** Bytes of memory, told to the program as firmware would. */
  readonly memorySize?: number;
  /** What floppy drives there are, A: first, by their types: see `FloppyFormat.driveType`. */
  readonly floppies?: readonly number[];
  /** The CD is booted first, then the hard disk; otherwise firmware has its own order. */
  readonly cdFirst?: boolean | undefined;
  /** IRQ 8. */
  readonly irq?: InterruptLine;
}

const Register = {
  SECONDS: 0,
  SECONDS_ALARM: 1,
  MINUTES: 2,
  MINUTES_ALARM: 3,
  HOURS: 4,
  HOURS_ALARM: 5,
  WEEKDAY: 6,
  DAY: 7,
  MONTH: 8,
  YEAR: 9,
  A: 0xa,
  B: 0xb,
  C: 0xc,
  D: 0xd,
  FLOPPIES: 0x10,
  EQUIPMENT: 0x14,
  CENTURY: 0x32,
  /** Four bits each: 1 floppy, 2 hard disk, 3 CD. */
  BOOT_THIRD: 0x38,
  BOOT_ORDER: 0x3d,
} as const;

const RegisterB = {
  DST: 1,
  HOURS_24: 2,
  BINARY: 4,
  UPDATE: 0x10,
  ALARM: 0x20,
  PERIODIC: 0x40,
  SET: 0x80,
};
const RegisterC = { UPDATE: 0x10, ALARM: 0x20, PERIODIC: 0x40, IRQ: 0x80 };
const SOURCES = RegisterC.UPDATE | RegisterC.ALARM | RegisterC.PERIODIC;
const VALID_RAM = 0x80;

export interface RtcState {
  index: number;
  /** Register C: what has happened. */
  flags: number;
  /** Everything that is plain memory, alarms and registers A and B included. */
  memory: number[];
  /** What is added to the machine's own seconds to give the date and time. */
  offset: number;
  /** While register B has SET: the time as the program is writing it. */
  frozen: number[] | undefined;
  /** Seconds and periodic ticks already accounted for. */
  secondsDone: number;
  periodsDone: number;
}

export class CmosRtc implements PortDevice, TimedDevice, Stateful<RtcState> {
  readonly name = 'rtc';
  readonly ports = [ports(0x70, 0x71)];
  private state: RtcState;
  private line = false;

  constructor(private readonly config: RtcConfig) {
    this.state = this.initial();
    config.clock.attach(this);
  }

  /** The index register cannot be read on a PC. */
  readPort(port: number): number {
    return port === 0x70 ? 0xff : this.read(this.state.index & 0x7f);
  }

  writePort(port: number, _width: number, value: number): void {
    if (port === 0x70) this.state.index = value;
    else this.write(this.state.index & 0x7f, value);
  }

  /** Bit 7 of the index port: non-maskable interrupts are held off. */
  get nmiMasked(): boolean {
    return (this.state.index & 0x80) !== 0;
  }

  timeReached(): void {
    this.catchUp();
    this.wait();
  }

  save(): RtcState {
    return structuredClone(this.state);
  }

  restore(state: RtcState): void {
    this.state = structuredClone(state);
    this.line = (this.state.flags & RegisterC.IRQ) !== 0;
  }

  /** A reset clears interrupts; time and memory are kept by the battery. */
  reset(): void {
    this.setB(this.b & ~(RegisterB.UPDATE | RegisterB.ALARM | RegisterB.PERIODIC));
    this.state.flags = 0;
    this.drive();
    this.wait();
  }

  private initial(): RtcState {
    const memory = new Array<number>(128).fill(0);
    memory[Register.A] = 0x26;
    memory[Register.B] = RegisterB.HOURS_24;
    const size = this.config.memorySize ?? 0;
    const put = (index: number, value: number) => {
      memory[index] = value & 0xff;
      memory[index + 1] = (value >> 8) & 0xff;
    };
    // Where firmware notes memory sizes: base, above 1 MByte (KBytes), above 16 MBytes (64 KBytes).
    const extended = Math.max(0, Math.min(63 * 1024, size / 1024 - 1024));
    put(0x15, 640);
    put(0x17, extended);
    put(0x30, extended);
    put(0x34, Math.max(0, Math.min(0xffff, (size - 16 * 1024 * 1024) / 65536)));
    this.putFloppies(memory);
    if (this.config.cdFirst) {
      memory[Register.BOOT_ORDER] = 0x23;
      memory[Register.BOOT_THIRD] = 0x10;
    }
    return {
      index: 0,
      flags: 0,
      memory,
      offset: this.config.startTime,
      frozen: undefined,
      secondsDone: 0,
      periodsDone: 0,
    };
  }

  /** Floppy drives, and among the equipment whether there are any and how many. */
  private putFloppies(memory: number[]): void {
    const [first, second = 0] = this.config.floppies ?? [];
    if (first === undefined) return;
    memory[Register.FLOPPIES] = (first << 4) | second;
    memory[Register.EQUIPMENT] = second === 0 ? 0x01 : 0x41;
  }

  private get b(): number {
    return this.state.memory[Register.B] ?? 0;
  }

  private setB(value: number): void {
    this.state.memory[Register.B] = value;
  }

  /** Seconds since power-on. */
  private get seconds(): number {
    return Math.floor(this.config.clock.now / this.config.instructionsPerSecond);
  }

  private read(index: number): number {
    this.catchUp();
    if (isTime(index)) return this.state.frozen?.[index] ?? this.timeRegister(index);
    if (index === Register.C) {
      const flags = this.state.flags;
      this.state.flags = 0;
      this.drive();
      return flags;
    }
    if (index === Register.D) return VALID_RAM;
    return this.state.memory[index] ?? 0;
  }

  private write(index: number, value: number): void {
    this.catchUp();
    if (isTime(index)) {
      const frozen = this.state.frozen;
      if (frozen) frozen[index] = value;
      else this.setTime({ [index]: value });
    } else if (index === Register.A) {
      this.state.memory[index] = value & 0x7f;
      this.state.periodsDone = this.periods;
    } else if (index === Register.B) {
      this.writeB(value);
    } else if (index !== Register.C && index !== Register.D) {
      this.state.memory[index] = value;
    }
    this.wait();
  }

  /** SET stops the clock, so that its parts can be written; with its end the new time runs. */
  private writeB(value: number): void {
    const set = (value & RegisterB.SET) !== 0;
    const state = this.state;
    if (set && !state.frozen)
      state.frozen = Array.from({ length: 128 }, (_, i) => this.timeRegister(i));
    this.setB(value);
    if (!set && state.frozen) {
      const written = state.frozen;
      state.frozen = undefined;
      this.setTime(Object.fromEntries(written.entries()));
    }
    this.drive();
  }

  private now(): Date {
    return new Date((this.state.offset + this.seconds) * 1000);
  }

  private timeRegister(index: number): number {
    const now = this.now();
    switch (index) {
      case Register.SECONDS:
        return this.encode(now.getUTCSeconds());
      case Register.MINUTES:
        return this.encode(now.getUTCMinutes());
      case Register.HOURS:
        return this.encodeHour(now.getUTCHours());
      case Register.WEEKDAY:
        return this.encode(now.getUTCDay() + 1);
      case Register.DAY:
        return this.encode(now.getUTCDate());
      case Register.MONTH:
        return this.encode(now.getUTCMonth() + 1);
      case Register.YEAR:
        return this.encode(now.getUTCFullYear() % 100);
      default:
        return this.encode(Math.floor(now.getUTCFullYear() / 100));
    }
  }

  private setTime(written: Readonly<Record<number, number>>): void {
    const value = (index: number) =>
      index === Register.HOURS
        ? this.decodeHour(written[index] ?? this.timeRegister(index))
        : this.decode(written[index] ?? this.timeRegister(index));
    const year = value(Register.CENTURY) * 100 + value(Register.YEAR);
    const seconds =
      Date.UTC(
        year,
        value(Register.MONTH) - 1,
        value(Register.DAY),
        value(Register.HOURS),
        value(Register.MINUTES),
        value(Register.SECONDS),
      ) / 1000;
    if (Number.isFinite(seconds)) this.state.offset = seconds - this.seconds;
  }

  /** BCD unless register B asks for binary. */
  private encode(value: number): number {
    if ((this.b & RegisterB.BINARY) !== 0) return value;
    return (Math.floor(value / 10) << 4) | (value % 10);
  }

  private decode(value: number): number {
    return (this.b & RegisterB.BINARY) !== 0 ? value : (value >> 4) * 10 + (value & 15);
  }

  /** In 12-hour mode bit 7 marks the afternoon. */
  private encodeHour(hour: number): number {
    if ((this.b & RegisterB.HOURS_24) !== 0) return this.encode(hour);
    return this.encode(hour % 12 === 0 ? 12 : hour % 12) | (hour >= 12 ? 0x80 : 0);
  }

  private decodeHour(value: number): number {
    if ((this.b & RegisterB.HOURS_24) !== 0) return this.decode(value);
    return (this.decode(value & 0x7f) % 12) + ((value & 0x80) !== 0 ? 12 : 0);
  }

  /** Frequency of the periodic interrupt in Hz, 0 when it is off (MC146818 table 5). */
  private get rate(): number {
    const select = (this.state.memory[Register.A] ?? 0) & 15;
    if (select === 0) return 0;
    return 32768 >> (select < 3 ? select + 6 : select - 1);
  }

  private get periods(): number {
    return Math.floor((this.config.clock.now * this.rate) / this.config.instructionsPerSecond);
  }

  /** Sets the flags of what has happened since the last time anybody looked. */
  private catchUp(): void {
    const s = this.state;
    if (this.periods > s.periodsDone) s.flags |= RegisterC.PERIODIC;
    s.periodsDone = this.periods;
    const running = s.frozen === undefined;
    if (this.seconds > s.secondsDone && running) {
      s.flags |= RegisterC.UPDATE;
      if (this.alarmBetween(s.secondsDone + 1, this.seconds)) s.flags |= RegisterC.ALARM;
    }
    s.secondsDone = this.seconds;
    this.drive();
  }

  /** Whether one of these seconds since power-on is that of the alarm. */
  private alarmBetween(first: number, last: number): boolean {
    const { memory, offset } = this.state;
    const matches = (index: number, value: number) => {
      const alarm = memory[index] ?? 0;
      // The two highest bits set mean "any".
      if ((alarm & 0xc0) === 0xc0) return true;
      return (
        (index === Register.HOURS_ALARM ? this.decodeHour(alarm) : this.decode(alarm)) === value
      );
    };
    // After a day every time of day has come.
    for (let s = Math.max(first, last - 86_399); s <= last; s++) {
      const time = new Date((offset + s) * 1000);
      if (
        matches(Register.SECONDS_ALARM, time.getUTCSeconds()) &&
        matches(Register.MINUTES_ALARM, time.getUTCMinutes()) &&
        matches(Register.HOURS_ALARM, time.getUTCHours())
      ) {
        return true;
      }
    }
    return false;
  }

  private drive(): void {
    const s = this.state;
    const level = (s.flags & this.b & SOURCES) !== 0;
    s.flags = level ? s.flags | RegisterC.IRQ : s.flags & ~RegisterC.IRQ;
    if (level === this.line) return;
    this.line = level;
    this.config.irq?.(level);
  }

  /** Waits only for what would interrupt: the rest is worked out when somebody looks. */
  private wait(): void {
    const perSecond = this.config.instructionsPerSecond;
    const times: number[] = [];
    if ((this.b & RegisterB.PERIODIC) !== 0 && this.rate > 0) {
      const next = Math.ceil(((this.state.periodsDone + 1) * perSecond) / this.rate);
      times.push(Math.max(next, this.config.clock.now + 1));
    }
    if ((this.b & (RegisterB.UPDATE | RegisterB.ALARM)) !== 0 && !this.state.frozen) {
      times.push(Math.ceil((this.state.secondsDone + 1) * perSecond));
    }
    this.config.clock.schedule(this, times.length > 0 ? Math.min(...times) : undefined);
  }
}

function isTime(index: number): boolean {
  return (
    index === Register.CENTURY ||
    (index <= Register.YEAR &&
      index !== Register.SECONDS_ALARM &&
      index !== Register.MINUTES_ALARM &&
      index !== Register.HOURS_ALARM)
  );
}
