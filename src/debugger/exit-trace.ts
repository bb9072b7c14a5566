import type { Performed } from '../vmm';

/** One VM exit, as it was when the guest went on. */
export interface ExitRecord {
  /** From 1. */
  readonly number: number;
  /** Instructions that the guest had retired. */
  readonly instructions: number;
  /** The guest's RIP at the exit, and the linear address of its instruction. */
  readonly rip: bigint;
  readonly linear: bigint;
  /** The instruction's bytes, as far as they could be read, and how they are decoded. */
  readonly bytes: Uint8Array;
  readonly bits: 16 | 32 | 64;
  /** VM_EXIT_REASON, bit 31 included. */
  readonly reason: number;
  readonly qualification: bigint;
  /** The VM-exit interruption information, on which the qualification of an exception depends. */
  readonly interruption: number;
  /** What it was about, for people: 'leaf 0x1'. */
  readonly detail: string;
  /** The function that handled it and where it stands; filled in when it is done. */
  handler: string | undefined;
  /** Modelled cycles of exit, handling and entry. */
  cycles: number;
  /** What the monitor did. */
  operations: readonly Performed[];
}

/** The VM exits of a session, the last hundred thousand of them, and totals of all. */
export class ExitTrace {
  readonly totals = new Map<number, number>();
  private readonly ring: ExitRecord[] = [];
  private count = 0;

  constructor(private readonly capacity = 100_000) {}

  get total(): number {
    return this.count;
  }

  get last(): ExitRecord | undefined {
    return this.get(this.count);
  }

  /** The exit with a number; undefined when it is too long ago, or yet to come. */
  get(number: number): ExitRecord | undefined {
    const record = this.ring[(number - 1) % this.capacity];
    return record?.number === number ? record : undefined;
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

  add(record: Omit<ExitRecord, 'number'>): ExitRecord {
    const numbered = { ...record, number: ++this.count };
    this.ring[(this.count - 1) % this.capacity] = numbered;
    this.totals.set(record.reason & 0xffff, (this.totals.get(record.reason & 0xffff) ?? 0) + 1);
    return numbered;
  }
}
