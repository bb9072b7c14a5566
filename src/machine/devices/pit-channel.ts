/** One counter of an Intel 8254 (Intel 231164). Times are ticks of its 1.193182 MHz input. */

export interface ChannelState {
  mode: number;
  bcd: boolean;
  /** Read/write field of the control word: 1 low byte, 2 high byte, 3 low then high. */
  access: number;
  /** The counting period, 1 to 65,536 (10,000 in BCD); 0 until a count was written. */
  period: number;
  /** A period written while modes 2 and 3 were counting: it comes into force with the next cycle. */
  next: number | undefined;
  /** The tick at which the present count was loaded. */
  start: number;
  /** Ticks counted before counting was last stopped, and whether it is stopped. */
  counted: number;
  stopped: boolean;
  /** Modes 1 and 5: no trigger has come yet. */
  armed: boolean;
  gate: boolean;
  /** The low byte of a count of which the high byte is still to come. */
  partial: number | undefined;
  /** Bytes latched for reading, in order. */
  latched: number[];
  /** The next unlatched read gives the high byte. */
  readHigh: boolean;
}

export function initialChannel(gate: boolean): ChannelState {
  return {
    mode: 3,
    bcd: false,
    access: 3,
    period: 0,
    next: undefined,
    start: 0,
    counted: 0,
    stopped: true,
    armed: false,
    gate,
    partial: undefined,
    latched: [],
    readHigh: false,
  };
}

/** Modes 1 and 5 start at a rising edge of the gate. */
function triggered(c: ChannelState): boolean {
  return c.mode === 1 || c.mode === 5;
}

function periodic(c: ChannelState): boolean {
  return c.mode === 2 || c.mode === 3;
}

/** Ticks counted since the count was loaded. */
function elapsed(c: ChannelState, tick: number): number {
  return c.counted + (c.stopped ? 0 : Math.max(0, tick - c.start));
}

/** Modes 2 and 3: brings a pending period into force if a cycle has ended by `tick`. */
function settle(c: ChannelState, tick: number): void {
  if (c.next === undefined || c.period === 0 || !periodic(c)) return;
  const since = elapsed(c, tick);
  if (since < c.period) return;
  c.start = tick - (since - c.period);
  c.counted = 0;
  c.period = c.next;
  c.next = undefined;
}

/** Starts a cycle; the count is loaded at the tick after the one at which it was written. */
function load(c: ChannelState, tick: number): void {
  c.start = tick + 1;
  c.counted = 0;
  c.stopped = triggered(c) ? false : !c.gate;
  c.armed = false;
}

function modulus(c: ChannelState): number {
  return c.bcd ? 10_000 : 65_536;
}

function fromBcd(value: number): number {
  return (value >> 12) * 1000 + ((value >> 8) & 15) * 100 + ((value >> 4) & 15) * 10 + (value & 15);
}

function toBcd(value: number): number {
  return (
    (Math.floor(value / 1000) << 12) |
    ((Math.floor(value / 100) % 10) << 8) |
    ((Math.floor(value / 10) % 10) << 4) |
    (value % 10)
  );
}

/** The level of OUT. */
export function output(c: ChannelState, tick: number): boolean {
  settle(c, tick);
  if (c.period === 0 || c.armed) return c.mode !== 0;
  const t = elapsed(c, tick);
  switch (c.mode) {
    case 0:
    case 1:
      return t >= c.period;
    case 2:
      return !c.gate || t % c.period !== c.period - 1;
    case 3:
      return !c.gate || t % c.period < Math.ceil(c.period / 2);
    default:
      return t !== c.period;
  }
}

/** The next tick after `tick` at which OUT changes, or undefined when it stays as it is. */
export function nextChange(c: ChannelState, tick: number): number | undefined {
  settle(c, tick);
  if (c.period === 0 || c.armed || c.stopped) return undefined;
  const t = elapsed(c, tick);
  const at = (count: number) => c.start + count - c.counted;
  switch (c.mode) {
    case 0:
    case 1:
      return t < c.period ? at(c.period) : undefined;
    case 2:
    case 3: {
      const middle = c.mode === 2 ? c.period - 1 : Math.ceil(c.period / 2);
      const cycle = t - (t % c.period);
      const change = t % c.period < middle ? cycle + middle : cycle + c.period;
      return at(change);
    }
    default:
      if (t < c.period) return at(c.period);
      return t === c.period ? at(c.period + 1) : undefined;
  }
}

/** The value of the counting element, as it would be read. */
export function count(c: ChannelState, tick: number): number {
  settle(c, tick);
  if (c.period === 0) return 0;
  const t = c.armed ? 0 : elapsed(c, tick);
  let value: number;
  if (c.mode === 2) value = c.period - (t % c.period);
  else if (c.mode === 3) {
    // Counts down by two, twice a period; an odd count loses one at the first tick.
    const half = Math.ceil(c.period / 2);
    const inCycle = t % c.period;
    const even = c.period - (c.period % 2);
    value = even - 2 * (inCycle < half ? Math.max(0, inCycle - (c.period % 2)) : inCycle - half);
  } else value = c.period - t;
  const m = modulus(c);
  value = ((value % m) + m) % m;
  return c.bcd ? toBcd(value) : value;
}

/** Whether a count was written that has not come into the counting element (NULL COUNT). */
export function nullCount(c: ChannelState, tick: number): boolean {
  settle(c, tick);
  return c.period === 0 || c.next !== undefined || (!c.stopped && !c.armed && tick < c.start);
}

/** A control word for this counter. */
export function setMode(c: ChannelState, control: number): void {
  const mode = (control >> 1) & 7;
  // Modes 6 and 7 are 2 and 3.
  c.mode = mode > 5 ? mode - 4 : mode;
  c.bcd = (control & 1) !== 0;
  c.access = (control >> 4) & 3;
  c.period = 0;
  c.next = undefined;
  c.counted = 0;
  c.stopped = true;
  c.armed = false;
  c.partial = undefined;
  c.latched = [];
  c.readHigh = false;
}

function setCount(c: ChannelState, written: number, tick: number): void {
  const value = c.bcd ? fromBcd(written) : written;
  const period = value === 0 ? modulus(c) : value;
  if (periodic(c) && c.period !== 0) {
    c.next = period;
    return;
  }
  if (triggered(c)) {
    // A running shot goes on with its own count; the new one is for the next trigger.
    if (c.period !== 0 && !c.armed) c.next = period;
    else {
      c.period = period;
      c.armed = true;
    }
    return;
  }
  c.period = period;
  load(c, tick);
}

export function writeCount(c: ChannelState, byte: number, tick: number): void {
  settle(c, tick);
  if (c.access === 1) setCount(c, byte, tick);
  else if (c.access === 2) setCount(c, byte << 8, tick);
  else if (c.partial === undefined) {
    c.partial = byte;
    // In mode 0 the first byte stops counting and OUT goes low.
    if (c.mode === 0) {
      c.period = 0;
      c.stopped = true;
    }
  } else {
    const low = c.partial;
    c.partial = undefined;
    setCount(c, low | (byte << 8), tick);
  }
}

export function readCount(c: ChannelState, tick: number): number {
  const latched = c.latched.shift();
  if (latched !== undefined) return latched;
  const value = count(c, tick);
  if (c.access === 1) return value & 0xff;
  if (c.access === 2) return value >> 8;
  c.readHigh = !c.readHigh;
  return c.readHigh ? value & 0xff : value >> 8;
}

/** The counter latch command. A count that is latched already stays until it is read. */
export function latchCount(c: ChannelState, tick: number): void {
  if (c.latched.length > 0) return;
  const value = count(c, tick);
  if (c.access !== 2) c.latched.push(value & 0xff);
  if (c.access !== 1) c.latched.push(value >> 8);
}

/** The status of the read-back command; it is read before a latched count. */
export function latchStatus(c: ChannelState, tick: number): void {
  const status =
    (output(c, tick) ? 0x80 : 0) |
    (nullCount(c, tick) ? 0x40 : 0) |
    (c.access << 4) |
    (c.mode << 1) |
    (c.bcd ? 1 : 0);
  c.latched.unshift(status);
}

/** The level of GATE: it stops counting, or its rising edge starts a cycle (table of 231164). */
export function setGate(c: ChannelState, level: boolean, tick: number): void {
  if (level === c.gate) return;
  settle(c, tick);
  if (level) {
    c.gate = true;
    if (triggered(c)) {
      if (c.period === 0) return;
      c.period = c.next ?? c.period;
      c.next = undefined;
      load(c, tick);
    } else if (periodic(c)) {
      if (c.period !== 0) load(c, tick);
    } else if (c.period !== 0) {
      c.start = tick;
      c.stopped = false;
    }
    return;
  }
  c.gate = false;
  if (triggered(c) || c.stopped) return;
  c.counted = elapsed(c, tick);
  c.stopped = true;
}
