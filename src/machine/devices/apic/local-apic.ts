import type { Clock, TimedDevice } from '../clock';
import type { Stateful } from '../device';
import { Apic, Esr, Icr, LVT_WRITABLE, Lvt, Svr, VERSION } from './registers';
import { add, has, highest, noVectors, remove, type VectorSet } from './vectors';

/** The local APIC of a processor, in xAPIC mode (SDM 3A chapter 11). */

export interface LocalApicConfig {
  readonly clock: Clock;
  /** Bits 7:4 of the task priority, which are the processor's CR8 (11.8.6.1). */
  readonly taskPriority: { get(): number; set(value: number): void };
  /** An interrupt that came by a level is over: I/O APICs are told. */
  readonly onEndOfInterrupt?: (vector: number) => void;
}

export interface LocalApicState {
  id: number;
  /** Bits 3:0 of the task priority. */
  taskSubclass: number;
  logicalDestination: number;
  destinationFormat: number;
  spurious: number;
  irr: VectorSet;
  isr: VectorSet;
  tmr: VectorSet;
  /** Errors since the last write, and what ESR shows. */
  errors: number;
  errorStatus: number;
  icrLow: number;
  icrHigh: number;
  /** By their offsets. */
  lvt: Record<number, number>;
  initialCount: number;
  divide: number;
  /** When the timer was started; undefined while it stands. */
  started: number | undefined;
}

/**
 * After firmware has set it up as a "virtual wire": enabled, the 8259 pair at LINT0, NMI at LINT1
 * (Intel MultiProcessor Specification 1.4, 3.6.2.2).
 */
function virtualWire(): LocalApicState {
  return {
    id: 0,
    taskSubclass: 0,
    logicalDestination: 0,
    destinationFormat: 0xffff_ffff,
    spurious: Svr.ENABLED | 0xff,
    irr: noVectors(),
    isr: noVectors(),
    tmr: noVectors(),
    errors: 0,
    errorStatus: 0,
    icrLow: 0,
    icrHigh: 0,
    lvt: {
      [Apic.LVT_TIMER]: Lvt.MASKED,
      [Apic.LVT_THERMAL]: Lvt.MASKED,
      [Apic.LVT_PERFORMANCE]: Lvt.MASKED,
      [Apic.LVT_LINT0]: Lvt.EXTINT,
      [Apic.LVT_LINT1]: 0x400,
      [Apic.LVT_ERROR]: Lvt.MASKED,
    },
    initialCount: 0,
    divide: 0,
    started: undefined,
  };
}

/** Vectors below are the processor's own (11.5.2). */
const FIRST_VECTOR = 16;

export class LocalApic implements TimedDevice, Stateful<LocalApicState> {
  readonly name = 'local-apic';
  private s = virtualWire();

  constructor(private readonly config: LocalApicConfig) {
    config.clock.attach(this);
  }

  /** Whether the 8259 pair reaches the processor: LINT0 is unmasked and set for it. */
  get passesExternal(): boolean {
    const lint0 = this.lvt(Apic.LVT_LINT0);
    return (lint0 & Lvt.MASKED) === 0 && (lint0 & Lvt.DELIVERY) === Lvt.EXTINT;
  }

  /** Whether it has an interrupt of a priority that the processor takes. */
  get intr(): boolean {
    return this.pending() !== undefined;
  }

  /** Whether the timer will interrupt. */
  get timerArmed(): boolean {
    return this.s.started !== undefined && (this.lvt(Apic.LVT_TIMER) & Lvt.MASKED) === 0;
  }

  private pending(): number | undefined {
    const request = highest(this.s.irr);
    if (request === undefined || (this.s.spurious & Svr.ENABLED) === 0) return undefined;
    return request >> 4 > this.processorPriority >> 4 ? request : undefined;
  }

  /** The interrupt-acknowledge cycle: the vector, which is in service from now on. */
  acknowledge(): number {
    const vector = this.pending();
    if (vector === undefined) return this.s.spurious & Svr.VECTOR;
    remove(this.s.irr, vector);
    add(this.s.isr, vector);
    return vector;
  }

  /** An interrupt message for this processor. @param level whether it stays until its EOI */
  request(vector: number, level = false): void {
    if (vector < FIRST_VECTOR) {
      this.error(Esr.RECEIVE_VECTOR);
      return;
    }
    if ((this.s.spurious & Svr.ENABLED) === 0) return;
    add(this.s.irr, vector);
    if (level) add(this.s.tmr, vector);
    else remove(this.s.tmr, vector);
  }

  /** Whether a message with this destination is for this processor (11.6.2). */
  accepts(destination: number, logical: boolean): boolean {
    if (!logical) return destination === 0xff || destination === this.s.id;
    const own = this.s.logicalDestination >>> 24;
    if (this.s.destinationFormat >>> 28 === 0xf) return (own & destination) !== 0;
    return own >> 4 === destination >> 4 && (own & destination & 0xf) !== 0;
  }

  /** A register by its offset in the page; 32 bits. */
  read(offset: number): number {
    const register = offset & 0xff0;
    switch (register) {
      case Apic.ID:
        return (this.s.id << 24) >>> 0;
      case Apic.VERSION:
        return VERSION;
      case Apic.TPR:
        return this.taskPriority;
      case Apic.PPR:
        return this.processorPriority;
      case Apic.LDR:
        return this.s.logicalDestination;
      case Apic.DFR:
        return this.s.destinationFormat;
      case Apic.SVR:
        return this.s.spurious;
      case Apic.ESR:
        return this.s.errorStatus;
      case Apic.ICR_LOW:
        return this.s.icrLow;
      case Apic.ICR_HIGH:
        return this.s.icrHigh;
      case Apic.INITIAL_COUNT:
        return this.s.initialCount;
      case Apic.CURRENT_COUNT:
        return this.currentCount();
      case Apic.DIVIDE:
        return this.s.divide;
    }
    return this.s.lvt[register] ?? this.readVectors(register);
  }

  private readVectors(register: number): number {
    const word = (register >> 4) & 7;
    if (register >= Apic.ISR && register < Apic.TMR) return this.s.isr[word] ?? 0;
    if (register >= Apic.TMR && register < Apic.IRR) return this.s.tmr[word] ?? 0;
    if (register >= Apic.IRR && register < Apic.ESR) return this.s.irr[word] ?? 0;
    this.error(Esr.REGISTER);
    return 0;
  }

  write(offset: number, value: number): void {
    const register = offset & 0xff0;
    switch (register) {
      case Apic.ID:
        this.s.id = value >>> 24;
        return;
      case Apic.TPR:
        this.config.taskPriority.set((value >> 4) & 0xf);
        this.s.taskSubclass = value & 0xf;
        return;
      case Apic.EOI:
        this.endOfInterrupt();
        return;
      case Apic.LDR:
        this.s.logicalDestination = (value & 0xff00_0000) >>> 0;
        return;
      case Apic.DFR:
        this.s.destinationFormat = (value | 0x0fff_ffff) >>> 0;
        return;
      case Apic.SVR:
        this.writeSpurious(value);
        return;
      case Apic.ESR:
        this.s.errorStatus = this.s.errors;
        this.s.errors = 0;
        return;
      case Apic.ICR_LOW:
        this.s.icrLow = value & Icr.WRITABLE;
        this.send();
        return;
      case Apic.ICR_HIGH:
        this.s.icrHigh = (value & 0xff00_0000) >>> 0;
        return;
      case Apic.INITIAL_COUNT:
        this.startTimer(value >>> 0);
        return;
      case Apic.DIVIDE:
        this.s.divide = value & 0b1011;
        this.schedule();
        return;
    }
    if (register in this.s.lvt) this.writeLvt(register, value);
    else this.error(Esr.REGISTER);
  }

  /** Disabling it masks the whole local vector table (11.4.7.2). */
  private writeSpurious(value: number): void {
    this.s.spurious = value & Svr.WRITABLE;
    if (value & Svr.ENABLED) return;
    for (const register of Object.keys(this.s.lvt)) {
      this.s.lvt[Number(register)] = this.lvt(Number(register)) | Lvt.MASKED;
    }
  }

  private writeLvt(register: number, value: number): void {
    const masked = (this.s.spurious & Svr.ENABLED) === 0 ? Lvt.MASKED : 0;
    this.s.lvt[register] = (value & (LVT_WRITABLE[register] ?? 0)) | masked;
  }

  private lvt(register: number): number {
    return this.s.lvt[register] ?? Lvt.MASKED;
  }

  private get taskPriority(): number {
    return (this.config.taskPriority.get() << 4) | this.s.taskSubclass;
  }

  /** The higher class of what is in service and the task priority (11.8.3.1). */
  private get processorPriority(): number {
    const serving = highest(this.s.isr) ?? 0;
    const task = this.taskPriority;
    return task >> 4 >= serving >> 4 ? task : serving & 0xf0;
  }

  private endOfInterrupt(): void {
    const vector = highest(this.s.isr);
    if (vector === undefined) return;
    remove(this.s.isr, vector);
    if (has(this.s.tmr, vector)) this.config.onEndOfInterrupt?.(vector);
  }

  /** There is one processor: what is sent comes back or reaches nobody. */
  private send(): void {
    const { icrLow, icrHigh } = this.s;
    const delivery = icrLow & Icr.DELIVERY;
    if (delivery !== Icr.FIXED && delivery !== Icr.LOWEST_PRIORITY) return;
    const vector = icrLow & 0xff;
    if (vector < FIRST_VECTOR) {
      this.error(Esr.SEND_VECTOR);
      return;
    }
    const shorthand = icrLow & Icr.SHORTHAND;
    const toMe = shorthand === 0 && this.accepts(icrHigh >>> 24, (icrLow & Icr.LOGICAL) !== 0);
    if (toMe || shorthand === Icr.SELF || shorthand === Icr.ALL) this.request(vector);
  }

  private error(which: number): void {
    this.s.errors |= which;
    const entry = this.lvt(Apic.LVT_ERROR);
    const vector = entry & Lvt.VECTOR;
    if ((entry & Lvt.MASKED) === 0 && vector >= FIRST_VECTOR) this.request(vector);
  }

  /** Units of the machine's time for one count (11.5.4, figure 11-10). */
  private get divisor(): number {
    const code = (this.s.divide & 3) | ((this.s.divide & 8) >> 1);
    return code === 7 ? 1 : 2 << code;
  }

  private startTimer(count: number): void {
    this.s.initialCount = count;
    this.s.started = count === 0 ? undefined : this.config.clock.now;
    this.schedule();
  }

  private get period(): number {
    return this.s.initialCount * this.divisor;
  }

  private schedule(): void {
    const { started } = this.s;
    this.config.clock.schedule(this, started === undefined ? undefined : started + this.period);
  }

  private currentCount(): number {
    const { started, initialCount } = this.s;
    if (started === undefined) return 0;
    const passed = Math.floor((this.config.clock.now - started) / this.divisor);
    return Math.max(0, initialCount - passed);
  }

  /** The count is down to 0. */
  timeReached(now: number): void {
    const entry = this.lvt(Apic.LVT_TIMER);
    if ((entry & Lvt.MASKED) === 0) this.request(entry & Lvt.VECTOR);
    this.s.started = (entry & Lvt.TIMER_MODE) === Lvt.PERIODIC ? now : undefined;
    this.schedule();
  }

  save(): LocalApicState {
    return structuredClone(this.s);
  }

  restore(state: LocalApicState): void {
    this.s = structuredClone(state);
  }

  reset(): void {
    this.s = virtualWire();
    this.schedule();
  }
}
