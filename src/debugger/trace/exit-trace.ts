import type { Persistent } from '../../processor/persistent';
import { LONGEST_INSTRUCTION } from '../../isa/instructions/length';

/** What a technique tells of an exit at the moment it happens. */
export interface ExitFacts {
  /** The basic exit reason of VT-x, the exit code of SVM as a signed number. */
  readonly reason: number;
  /** It is a VM entry that failed. */
  readonly entryFailed?: boolean;
  /** It is one of the guest's own guest (L2). */
  readonly ofL2?: boolean;
  /** What tells more than the reason: exit qualification and guest-physical address, EXITINFO1 and EXITINFO2. */
  readonly information1: bigint;
  readonly information2: bigint;
  /** The event that it was about, or during which it came: VM-exit interruption information, EXITINTINFO. */
  readonly interruption: number;
  /** Where control goes: the linear address of the handler in the host. */
  readonly handler: bigint;
  /** The code at the guest's RIP, where the processor is not there any more. */
  readonly code?: { readonly bytes: Uint8Array; readonly bits: 16 | 32 | 64 };
}

/** One VM exit, as it was when it happened. */
export interface ExitRecord extends Omit<ExitFacts, 'code'> {
  readonly entryFailed: boolean;
  readonly ofL2: boolean;
  /** From 1. */
  readonly number: number;
  /** Instructions that had been retired. */
  readonly instructions: number;
  /** The guest's RIP at the exit, and the linear address of its instruction. */
  readonly rip: bigint;
  readonly linear: bigint;
  /** The instruction's bytes, as far as they could be read, and how they are decoded. */
  readonly bytes: Uint8Array;
  readonly bits: 16 | 32 | 64;
  /** The guest's RAX and RCX: leaf, hypercall, MSR number. */
  readonly rax: bigint;
  readonly rcx: bigint;
  /** Modelled cycles of exit, handling and entry; undefined until the guest has been entered again. */
  readonly cycles: number | undefined;
  /** How many operations the built-in monitor made. */
  readonly operations: number;
}

/** How far the trace had come at some moment. */
export interface ExitTraceState {
  readonly count: number;
  readonly totals: ReadonlyMap<number, number>;
  /** The last exit had been dealt with. */
  readonly completed: boolean;
}

/** What is known when an exit happens. */
export type NewExit = Omit<
  ExitRecord,
  'number' | 'cycles' | 'operations' | 'entryFailed' | 'ofL2'
> &
  Pick<ExitFacts, 'entryFailed' | 'ofL2'>;

/** What an exit is or is not. */
const Flag = { ENTRY_FAILED: 1, OF_L2: 2 } as const;

/** Columns of 64 bits, and of numbers. */
const WIDE = ['information1', 'information2', 'handler', 'rip', 'linear', 'rax', 'rcx'] as const;
const NUMBERS = ['reason', 'interruption', 'instructions', 'bits'] as const;

/**
 * The VM exits of a session, the last hundred thousand of them, and totals of all. They stand in columns
 * of numbers: an exit costs no object that somebody would have to look after.
 */
export class ExitTrace implements Persistent<ExitTraceState> {
  readonly totals = new Map<number, number>();
  private count = 0;
  /** The greatest count there ever was: rows beyond the present one are of a future that was visited. */
  private highest = 0;
  private size = 0;
  private wide: Record<(typeof WIDE)[number], BigUint64Array>;
  private numbers: Record<(typeof NUMBERS)[number], Float64Array>;
  private code = new Uint8Array();
  private lengths = new Uint8Array();
  /** Bits of `Flag`. */
  private flags = new Uint8Array();
  /** NaN until the exit has been dealt with. */
  private cycles = new Float64Array();
  private operations = new Uint32Array();

  constructor(private readonly capacity = 100_000) {
    this.wide = columns(WIDE, () => new BigUint64Array());
    this.numbers = columns(NUMBERS, () => new Float64Array());
  }

  get total(): number {
    return this.count;
  }

  get last(): ExitRecord | undefined {
    return this.get(this.count);
  }

  /** The reason of the last exit, 0 before the first: asked at each exit, so without a record. */
  get lastReason(): number {
    return this.count === 0 ? 0 : (this.numbers.reason[(this.count - 1) % this.capacity] ?? 0);
  }

  /** Whether the last exit was a VM entry that failed. */
  get lastEntryFailed(): boolean {
    return (
      this.count > 0 &&
      ((this.flags[(this.count - 1) % this.capacity] ?? 0) & Flag.ENTRY_FAILED) !== 0
    );
  }

  /** The exit with a number; undefined when it is too long ago, or yet to come. */
  get(number: number): ExitRecord | undefined {
    return number > this.count ? undefined : this.seen(number);
  }

  /** The same also of those that are yet to come, where somebody who has gone back has seen them. */
  seen(number: number): ExitRecord | undefined {
    const { highest, capacity } = this;
    if (number < 1 || number > highest || number <= highest - capacity) return undefined;
    const at = (number - 1) % this.capacity;
    const cycles = this.cycles[at] ?? NaN;
    const start = at * LONGEST_INSTRUCTION;
    const wide = columns(WIDE, (name) => this.wide[name][at] ?? 0n);
    const numbers = columns(NUMBERS, (name) => this.numbers[name][at] ?? 0);
    return {
      ...wide,
      ...numbers,
      number,
      entryFailed: ((this.flags[at] ?? 0) & Flag.ENTRY_FAILED) !== 0,
      ofL2: ((this.flags[at] ?? 0) & Flag.OF_L2) !== 0,
      bits: numbers.bits as 16 | 32 | 64,
      bytes: this.code.slice(start, start + (this.lengths[at] ?? 0)),
      cycles: Number.isNaN(cycles) ? undefined : cycles,
      operations: this.operations[at] ?? 0,
    };
  }

  /** Newest first, from `number` downwards, at most `limit`. */
  before(number: number, limit: number): ExitRecord[] {
    const found: ExitRecord[] = [];
    for (let n = Math.min(number, this.count); n > 0 && found.length < limit; n--) {
      const record = this.get(n);
      if (!record) break;
      found.push(record);
    }
    return found;
  }

  add(exit: NewExit): void {
    const at = this.count % this.capacity;
    this.count++;
    this.highest = Math.max(this.highest, this.count);
    if (at >= this.size) this.grow();
    // Name by name: a loop over the names would cost several times as much.
    const { wide, numbers } = this;
    wide.information1[at] = exit.information1;
    wide.information2[at] = exit.information2;
    wide.handler[at] = exit.handler;
    wide.rip[at] = exit.rip;
    wide.linear[at] = exit.linear;
    wide.rax[at] = exit.rax;
    wide.rcx[at] = exit.rcx;
    numbers.reason[at] = exit.reason;
    numbers.interruption[at] = exit.interruption;
    numbers.instructions[at] = exit.instructions;
    numbers.bits[at] = exit.bits;
    this.flags[at] = (exit.entryFailed ? Flag.ENTRY_FAILED : 0) | (exit.ofL2 ? Flag.OF_L2 : 0);
    this.lengths[at] = Math.min(LONGEST_INSTRUCTION, exit.bytes.length);
    const start = at * LONGEST_INSTRUCTION;
    for (let n = 0; n < LONGEST_INSTRUCTION; n++) this.code[start + n] = exit.bytes[n] ?? 0;
    this.cycles[at] = NaN;
    this.operations[at] = 0;
    const { reason } = exit;
    this.totals.set(reason, (this.totals.get(reason) ?? 0) + 1);
  }

  /** The last exit has been dealt with, unless that was known already. */
  complete(cycles: number, operations: number): void {
    const at = (this.count - 1) % this.capacity;
    if (this.count === 0 || !Number.isNaN(this.cycles[at])) return;
    this.cycles[at] = cycles;
    this.operations[at] = operations;
  }

  save(): ExitTraceState {
    const { count, totals } = this;
    const cycles = this.cycles[(count - 1) % this.capacity] ?? NaN;
    return { count, totals: new Map(totals), completed: !Number.isNaN(cycles) };
  }

  /** Somebody goes to another moment of the same past: the rows are there, as far as they were kept. */
  restore({ count, totals, completed }: ExitTraceState): void {
    this.count = count;
    this.totals.clear();
    for (const [reason, total] of totals) this.totals.set(reason, total);
    if (count > 0 && !completed) this.cycles[(count - 1) % this.capacity] = NaN;
  }

  private grow(): void {
    this.size = Math.min(this.capacity, Math.max(256, this.size * 2));
    const wide = columns(WIDE, () => new BigUint64Array(this.size));
    for (const name of WIDE) wide[name].set(this.wide[name]);
    const numbers = columns(NUMBERS, () => new Float64Array(this.size));
    for (const name of NUMBERS) numbers[name].set(this.numbers[name]);
    [this.wide, this.numbers] = [wide, numbers];
    this.code = grown(this.code, new Uint8Array(this.size * LONGEST_INSTRUCTION));
    this.flags = grown(this.flags, new Uint8Array(this.size));
    this.lengths = grown(this.lengths, new Uint8Array(this.size));
    this.cycles = grown(this.cycles, new Float64Array(this.size));
    this.operations = grown(this.operations, new Uint32Array(this.size));
  }
}

function columns<Name extends string, Column>(
  names: readonly Name[],
  make: (name: Name) => Column,
): Record<Name, Column> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Column>;
}

function grown<A extends { set(values: A): void }>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}
