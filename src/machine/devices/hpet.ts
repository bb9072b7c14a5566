import type { Clock, TimedDevice } from './clock';
import type { InterruptLine, Stateful } from './device';

/**
 * High precision event timer (IA-PC HPET Specification 1.0a): a counter of 64 bits and three comparators, each of
 * which interrupts once or periodically. The timer's and the clock's old interrupt lines pass through it: with legacy
 * replacement its own first two timers have them instead (2.3.5).
 */

export interface HpetConfig {
  readonly clock: Clock;
  readonly instructionsPerSecond: number;
  /** The line to an interrupt: `LegacyIrq`, or an input of the I/O APIC out of `PINS`. */
  readonly line?: (number: number) => InterruptLine;
}

/** The interrupt requests that its first two timers may take over. */
export const LegacyIrq = { TIMER: 0, CLOCK: 8 } as const;
const LEGACY: readonly number[] = [LegacyIrq.TIMER, LegacyIrq.CLOCK];
/** Inputs of the I/O APIC that nobody else has. */
const PINS = [20, 21, 22, 23];
const TIMERS = 3;

/** Offsets of registers, all of 64 bits; the timers' are 20h apart (2.3.2). */
const Register = {
  CAPABILITIES: 0x00,
  CONFIGURATION: 0x10,
  STATUS: 0x20,
  COUNTER: 0xf0,
  TIMER: 0x100,
  TIMER_CONFIGURATION: 0,
  TIMER_COMPARATOR: 8,
} as const;
const TIMER_REGISTERS = 0x20;

/** Capabilities (2.3.4): made by Intel, legacy replacement, 64 bits, three timers, revision 1. */
export const HPET_ID = 0x8086_a201;
const FEMTOSECONDS = 1e15;

/** General configuration (2.3.5). */
export const Configuration = { ENABLE: 1n, LEGACY: 2n } as const;

/** A timer's configuration and capabilities (2.3.8). */
export const Timer = {
  LEVEL: 0x2n,
  INTERRUPT: 0x4n,
  PERIODIC: 0x8n,
  PERIODIC_CAPABLE: 0x10n,
  WIDE: 0x20n,
  SET_VALUE: 0x40n,
  NARROW: 0x100n,
  ROUTE: 0x3e00n,
} as const;
const ROUTE_SHIFT = 9n;
const WRITABLE = Timer.LEVEL | Timer.INTERRUPT | Timer.PERIODIC | Timer.NARROW;
const CAPABILITIES =
  Timer.PERIODIC_CAPABLE |
  Timer.WIDE |
  (PINS.reduce((all, pin) => all | (1n << BigInt(pin)), 0n) << 32n);

/** Matches that lie closer together interrupt once: ticks of 10 ns. */
export const SHORTEST_PERIOD = 100n;
/** What lies further ahead is not waited for. */
const FOREVER = 1n << 50n;
const ALL_32 = 0xffff_ffffn;
const ALL_64 = (1n << 64n) - 1n;

interface TimerState {
  configuration: bigint;
  comparator: bigint;
  period: bigint;
  /** The last match was told by an edge: the line is up. */
  raised: boolean;
}

export interface HpetState {
  configuration: bigint;
  status: bigint;
  /** What the counter was when it was started or stopped, and when that was. */
  counter: bigint;
  since: number;
  timers: TimerState[];
  /** Levels of the lines that pass through. */
  passing: Record<number, boolean>;
}

const initialTimer = (): TimerState => ({
  configuration: BigInt(PINS[0] ?? 0) << ROUTE_SHIFT,
  comparator: ALL_64,
  period: 0n,
  raised: false,
});

const initial = (): HpetState => ({
  configuration: 0n,
  status: 0n,
  counter: 0n,
  since: 0,
  timers: Array.from({ length: TIMERS }, initialTimer),
  passing: {},
});

export class Hpet implements TimedDevice, Stateful<HpetState> {
  readonly name = 'hpet';
  private s = initial();
  private readonly lines: ReadonlyMap<number, InterruptLine>;
  /** The levels that the lines have. */
  private levels = new Map<number, boolean>();

  constructor(private readonly config: HpetConfig) {
    config.clock.attach(this);
    const numbers = config.line ? [...LEGACY, ...PINS] : [];
    this.lines = new Map(numbers.map((n) => [n, config.line?.(n) ?? (() => undefined)]));
  }

  /** The line of a legacy device on its way to its interrupt request. */
  passing(irq: number): InterruptLine {
    return (level) => {
      this.s.passing[irq] = level;
      if (!this.replacesLegacy) this.setLine(irq, level); // no timer of its own comes here then
    };
  }

  /** Whether the old timer's and clock's interrupts come from here. */
  get replacesLegacy(): boolean {
    return (this.s.configuration & Configuration.LEGACY) !== 0n;
  }

  /** The lines on which it will interrupt by itself, as time passes. */
  get armedLines(): number[] {
    if (!this.running) return [];
    return this.s.timers.flatMap((timer, n) => {
      const armed = timer.configuration & Timer.INTERRUPT && this.ticksToMatch(timer) < FOREVER;
      return armed ? [this.lineOf(n)] : [];
    });
  }

  private get running(): boolean {
    return (this.s.configuration & Configuration.ENABLE) !== 0n;
  }

  private get counter(): bigint {
    const { counter, since } = this.s;
    if (!this.running) return counter;
    return BigInt.asUintN(64, counter + BigInt(this.config.clock.now - since));
  }

  // ---------------------------------------------------------------- registers

  /** 1 to 8 bytes anywhere in the page. */
  read(offset: number, bytes: number): bigint {
    const first = offset & ~7;
    const both = this.register(first) | (this.register(first + 8) << 64n);
    return BigInt.asUintN(8 * bytes, both >> BigInt(8 * (offset & 7)));
  }

  /** 32 or 64 bits at their alignment (2.3.1); what else is written is lost. */
  write(offset: number, bytes: number, value: bigint): void {
    if (bytes < 4 || offset % bytes !== 0) return;
    const register = offset & ~7;
    const shift = BigInt(8 * (offset & 7));
    const mask = (bytes === 8 ? ALL_64 : ALL_32) << shift;
    this.writeRegister(register, (value << shift) & mask, mask);
    this.update();
  }

  private register(offset: number): bigint {
    switch (offset) {
      case Register.CAPABILITIES: {
        const period = FEMTOSECONDS / this.config.instructionsPerSecond;
        return (BigInt(period) << 32n) | BigInt(HPET_ID);
      }
      case Register.CONFIGURATION:
        return this.s.configuration;
      case Register.STATUS:
        return this.s.status;
      case Register.COUNTER:
        return this.counter;
      default:
        return this.timerRegister(offset);
    }
  }

  private timerAt(offset: number): TimerState | undefined {
    if (offset < Register.TIMER) return undefined;
    return this.s.timers[Math.floor((offset - Register.TIMER) / TIMER_REGISTERS)];
  }

  private timerRegister(offset: number): bigint {
    const timer = this.timerAt(offset);
    const register = offset % TIMER_REGISTERS;
    if (!timer) return 0n;
    if (register === Register.TIMER_CONFIGURATION) return timer.configuration | CAPABILITIES;
    if (register !== Register.TIMER_COMPARATOR) return 0n;
    return timer.comparator & maskOf(timer);
  }

  private writeRegister(offset: number, value: bigint, mask: bigint): void {
    const { s } = this;
    switch (offset) {
      case Register.CONFIGURATION:
        this.configure(merged(s.configuration, value, mask));
        break;
      case Register.STATUS: // 1 clears
        s.status &= ~value;
        break;
      case Register.COUNTER: // While it counts, what a write would do is undefined (2.3.7).
        if (!this.running) s.counter = merged(s.counter, value, mask);
        break;
      default: {
        const timer = this.timerAt(offset);
        const register = offset % TIMER_REGISTERS;
        if (!timer) break;
        if (register === Register.TIMER_CONFIGURATION) configureTimer(timer, value, mask);
        else if (register === Register.TIMER_COMPARATOR) setComparator(timer, value, mask);
      }
    }
  }

  private configure(value: bigint): void {
    const { s } = this;
    const { counter } = this;
    s.configuration = value & (Configuration.ENABLE | Configuration.LEGACY);
    s.counter = counter;
    s.since = this.config.clock.now;
  }

  // ---------------------------------------------------------------- matches

  timeReached(): void {
    for (const [n, timer] of this.s.timers.entries()) {
      if (((timer.comparator ^ this.counter) & maskOf(timer)) === 0n) this.match(timer, n);
    }
    this.update();
  }

  private match(timer: TimerState, n: number): void {
    if (timer.configuration & Timer.PERIODIC && timer.period > 0n) {
      const periods = (SHORTEST_PERIOD + timer.period - 1n) / timer.period;
      timer.comparator = (timer.comparator + periods * timer.period) & maskOf(timer);
    }
    if (timer.configuration & Timer.LEVEL) {
      this.s.status |= 1n << BigInt(n);
      return;
    }
    // An edge for each match, and the line stays up: an 8259 wants to see it still when it is asked.
    timer.raised = false;
    this.drive();
    timer.raised = (timer.configuration & Timer.INTERRUPT) !== 0n;
  }

  /** A comparator that the counter has reached is met again when the counter has gone round. */
  private ticksToMatch(timer: TimerState): bigint {
    const mask = maskOf(timer);
    const ticks = (timer.comparator - this.counter) & mask;
    return ticks === 0n ? mask + 1n : ticks;
  }

  private update(): void {
    this.drive();
    const ticks = this.s.timers.map((timer) => this.ticksToMatch(timer));
    const next = ticks.reduce((least, each) => (each < least ? each : least));
    const { clock } = this.config;
    const waits = this.running && next < FOREVER;
    clock.schedule(this, waits ? clock.now + Number(next) : undefined);
  }

  // ---------------------------------------------------------------- interrupt lines

  private lineOf(n: number): number {
    const legacy = this.replacesLegacy ? LEGACY[n] : undefined;
    const { configuration } = this.s.timers[n] ?? initialTimer();
    return legacy ?? Number((configuration & Timer.ROUTE) >> ROUTE_SHIFT);
  }

  private isUp(timer: TimerState, n: number): boolean {
    if (!(timer.configuration & Timer.INTERRUPT)) return false;
    if (timer.configuration & Timer.LEVEL) return (this.s.status & (1n << BigInt(n))) !== 0n;
    return timer.raised;
  }

  private currentLevels(): Map<number, boolean> {
    const levels = new Map<number, boolean>();
    const passed = this.replacesLegacy ? [] : LEGACY;
    for (const line of this.lines.keys()) {
      const byTimer = this.s.timers.some(
        (timer, n) => this.isUp(timer, n) && this.lineOf(n) === line,
      );
      levels.set(line, byTimer || (passed.includes(line) && (this.s.passing[line] ?? false)));
    }
    return levels;
  }

  private drive(): void {
    for (const [number, level] of this.currentLevels()) this.setLine(number, level);
  }

  private setLine(number: number, level: boolean): void {
    if (level === (this.levels.get(number) ?? false)) return;
    this.levels.set(number, level);
    this.lines.get(number)?.(level);
  }

  save(): HpetState {
    return structuredClone(this.s);
  }

  restore(state: HpetState): void {
    this.s = structuredClone(state);
    this.levels = this.currentLevels();
  }

  reset(): void {
    const { passing } = this.s;
    this.s = { ...initial(), passing };
    this.update();
  }
}

const maskOf = (timer: TimerState): bigint =>
  timer.configuration & Timer.NARROW ? ALL_32 : ALL_64;

const merged = (old: bigint, value: bigint, mask: bigint): bigint => (old & ~mask) | value;

/** A route that there is not leaves the old one: software reads it back (2.3.8, Tn_INT_ROUTE_CNF). */
function configureTimer(timer: TimerState, value: bigint, mask: bigint): void {
  const written = merged(timer.configuration, value, mask);
  const route = (written & Timer.ROUTE) >> ROUTE_SHIFT;
  const routed = PINS.includes(Number(route)) ? written : timer.configuration;
  const periodic = written & Timer.PERIODIC;
  const setValue = periodic ? written & Timer.SET_VALUE : 0n;
  timer.configuration = (written & WRITABLE) | setValue | (routed & Timer.ROUTE);
  timer.raised = false;
}

/** In periodic mode a write sets the period, and with Tn_VAL_SET_CNF the first match, too (2.3.9.2.2). */
function setComparator(timer: TimerState, value: bigint, mask: bigint): void {
  const { configuration } = timer;
  if (configuration & Timer.PERIODIC)
    timer.period = merged(timer.period, value, mask) & maskOf(timer);
  if (!(configuration & Timer.PERIODIC) || configuration & Timer.SET_VALUE) {
    timer.comparator = merged(timer.comparator, value, mask);
  }
  timer.configuration &= ~Timer.SET_VALUE;
}
