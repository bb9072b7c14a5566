import type { ExternalSignal } from '../../../processor/events/external-signals';
import type { Clock, TimedDevice } from '../clock';
import type { Stateful } from '../device';
import { Apic, Esr, Icr, LVT_WRITABLE, Lvt, Svr, VERSION } from './registers';
import { add, has, highest, noVectors, remove, type VectorSet } from './vectors';

/** The local APIC of a processor (SDM 3A chapter 11). Its registers as MSRs have them: `x2apic.ts`. */

export interface LocalApicConfig {
  readonly clock: Clock;
  /** Bits 7:4 of the task priority, which are the processor's CR8 (11.8.6.1). */
  readonly taskPriority: { get(): number; set(value: number): void };
  /** Whether the processor has put it into x2APIC mode (11.12). */
  readonly x2apic?: () => boolean;
  /** The processor's time-stamp counter at the clock's present time. */
  readonly timeStamp?: () => bigint;
  /** An interrupt that came by a level is over: I/O APICs are told. */
  readonly onEndOfInterrupt?: (vector: number) => void;
  /** An NMI or SMI has come for the processor, of whatever priority it is. */
  readonly onSignal?: (signal: ExternalSignal) => void;
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
  /** IA32_TSC_DEADLINE: when the timer interrupts in TSC-deadline mode; 0 while it stands. */
  deadline: bigint;
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
    deadline: 0n,
  };
}

/** Destinations in x2APIC mode (11.12.9, 11.12.10.2); identifier 0 is processor 0 of cluster 0. I/O APICs have 8 bits. */
function acceptsX2apic(destination: number, logical: boolean): boolean {
  if (destination === 0xffff_ffff || destination === 0xff) return true;
  return logical ? destination >>> 16 === 0 && (destination & 1) !== 0 : destination === 0;
}

/** Messages by their delivery mode that are no interrupts with a vector (11.6.1). */
const SIGNALS: ReadonlyMap<number, ExternalSignal> = new Map([
  [Icr.NMI, 'NMI'],
  [Icr.SMI, 'SMI'],
]);

/** In units of the clock. */
const NEVER = 1n << 50n;

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

  /** Whether anything is requested, of whatever priority. */
  get hasRequests(): boolean {
    return highest(this.s.irr) !== undefined;
  }

  /** Whether the timer will interrupt. */
  get timerArmed(): boolean {
    return this.due() !== undefined && (this.lvt(Apic.LVT_TIMER) & Lvt.MASKED) === 0;
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
    if (this.config.x2apic?.()) return acceptsX2apic(destination, logical);
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
        this.send(this.s.icrHigh >>> 24);
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
    const countedToDeadline = this.countsToDeadline;
    this.s.lvt[register] = (value & (LVT_WRITABLE[register] ?? 0)) | masked;
    if (this.countsToDeadline !== countedToDeadline) this.disarmTimer();
  }

  /** Between TSC-deadline mode and the others nothing is kept (11.5.4.1). */
  private disarmTimer(): void {
    this.s.started = undefined;
    this.s.deadline = 0n;
    this.schedule();
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
  private send(destination: number): void {
    const { icrLow } = this.s;
    const delivery = icrLow & Icr.DELIVERY;
    const signal = SIGNALS.get(delivery);
    if (!signal && delivery !== Icr.FIXED && delivery !== Icr.LOWEST_PRIORITY) return;
    const vector = icrLow & 0xff;
    if (!signal && vector < FIRST_VECTOR) {
      this.error(Esr.SEND_VECTOR);
      return;
    }
    const shorthand = icrLow & Icr.SHORTHAND;
    const toMe = shorthand === 0 && this.accepts(destination, (icrLow & Icr.LOGICAL) !== 0);
    if (!toMe && shorthand !== Icr.SELF && shorthand !== Icr.ALL) return;
    if (signal) this.config.onSignal?.(signal);
    else this.request(vector);
  }

  /** Both halves of the ICR at once, with a destination of 32 bits: x2APIC mode (11.12.9). */
  sendTo(command: number, destination: number): void {
    this.s.icrLow = command & Icr.WRITABLE;
    this.s.icrHigh = destination;
    this.send(destination);
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
    if (this.countsToDeadline) return;
    this.s.initialCount = count;
    this.s.started = count === 0 ? undefined : this.config.clock.now;
    this.schedule();
  }

  private get period(): number {
    return this.s.initialCount * this.divisor;
  }

  private schedule(): void {
    this.config.clock.schedule(this, this.due());
  }

  /** When the timer interrupts, in the clock's time. */
  private due(): number | undefined {
    const { started } = this.s;
    if (this.countsToDeadline) return this.deadlineTime();
    return started === undefined ? undefined : started + this.period;
  }

  private get countsToDeadline(): boolean {
    return (this.lvt(Apic.LVT_TIMER) & Lvt.TIMER_MODE) === Lvt.TSC_DEADLINE;
  }

  /** Further away than this is never. */
  private deadlineTime(): number | undefined {
    const { deadline } = this.s;
    if (deadline === 0n) return undefined;
    const { clock, timeStamp } = this.config;
    const left = deadline - (timeStamp?.() ?? BigInt(clock.now));
    if (left > NEVER) return undefined;
    return clock.now + Math.max(0, Number(left));
  }

  /** IA32_TSC_DEADLINE: 0 while nothing is awaited, and in other modes (11.5.4.1). */
  get deadline(): bigint {
    return this.countsToDeadline ? this.s.deadline : 0n;
  }

  /** In other modes the write is lost. */
  setDeadline(value: bigint): void {
    if (!this.countsToDeadline) return;
    this.s.deadline = value;
    this.schedule();
  }

  /** The time-stamp counter has been written: the deadline is at another time now. */
  timeStampChanged(): void {
    if (this.countsToDeadline) this.schedule();
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
    this.s.deadline = 0n;
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
