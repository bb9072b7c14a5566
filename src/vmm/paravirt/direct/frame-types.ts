import { Pte } from '../../../isa/paging';
import type { Persistent } from '../../../processor/persistent';
import type { PhysicalMemory } from '../../../processor/physical-memory';
import { PAGE_SIZE } from '../../../processor/state/layout';
import type { ReservedEntry } from '../../memory/shadow/shadow-tables';
import type { Refusal, RefusalKind } from './refusal';

const { P, RW, A, D, PS, XD } = Pte;
const ENTRIES = 512;
const TOP_LEVEL = 4;
/** Flags that the processor sets by itself. */
const SET_BY_WALKS = A | D;
const NOT_ADDRESS = XD | (0x7ffn << 52n) | 0xfffn;

/** What a frame is used for: mapped writable somewhere, or a table of a level. Never both. */
export type FrameType = 'writable' | 1 | 2 | 3 | 4;

/** A frame's use, and how often it is used so: by entries, and by being pinned or CR3's. */
interface Use {
  readonly type: FrameType;
  readonly count: number;
}

/** Without accessed and dirty flags: what a table is put back to. */
type Copy = BigUint64Array;

export interface FrameTypesState {
  readonly uses: readonly (readonly [frame: number, type: FrameType, count: number])[];
}

/** An entry that is not allowed. */
class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.kind);
  }
}

/**
 * The uses of a guest's frames under direct paging, as in Xen: an entry may only lead to a frame of the guest's, to a
 * table only where its level wants one, and never to a table that could be written to through it. Contents are looked at
 * when a frame becomes a table, and after that with each entry that changes.
 */
export class FrameTypes implements Persistent<FrameTypesState> {
  private readonly uses = new Map<number, Use>();
  private readonly copies = new Map<number, Copy>();
  /** The monitor itself writes. */
  private writing = false;

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly reserved: ReservedEntry,
    /** Whether a frame belongs to the guest. */
    private readonly owns: (frame: number) => boolean,
    private readonly onRefused: (refusal: Refusal) => void,
  ) {
    memory.onWrite((address, length) => {
      if (this.copies.size > 0 && !this.writing) this.written(address, length);
    });
  }

  typeOf(frame: number): FrameType | undefined {
    return this.uses.get(frame)?.type;
  }

  isTable(frame: number): boolean {
    return this.copies.has(frame);
  }

  /** Uses a frame as a table, whose entries are validated if it is none yet. @returns whether it can be one */
  useTable(frame: number, level: number): boolean {
    return this.unlessRefused(() => {
      this.take(frame, level as FrameType, frame, BigInt(frame));
    });
  }

  /** One use less. */
  release(frame: number): void {
    const use = this.uses.get(frame);
    if (!use) return;
    if (use.count > 1) {
      this.uses.set(frame, { ...use, count: use.count - 1 });
      return;
    }
    if (use.type !== 'writable') this.dissolve(frame, use.type);
    this.uses.delete(frame);
  }

  /** An entry of a table gets a value. @returns the old one; undefined where that is not allowed */
  replace(address: number, value: bigint): bigint | undefined {
    const frame = address - (address % PAGE_SIZE);
    const level = this.uses.get(frame)?.type;
    if (typeof level !== 'number') {
      this.onRefused({ kind: 'no-table', address, value });
      return undefined;
    }
    const old = this.memory.read64(address);
    const allowed = this.unlessRefused(() => {
      this.takeTarget(level, address, value);
    });
    if (!allowed) return undefined;
    this.write(frame, (address - frame) / 8, value);
    this.releaseTarget(level, address, old);
    return old;
  }

  /** Sets accessed and dirty flags, which is no change of what an entry allows. */
  settingFlags<T>(act: () => T): T {
    const before = this.writing;
    this.writing = true;
    try {
      return act();
    } finally {
      this.writing = before;
    }
  }

  /** All frames are nothing in particular. */
  clear(): void {
    this.uses.clear();
    this.copies.clear();
  }

  save(): FrameTypesState {
    return { uses: [...this.uses].map(([frame, { type, count }]) => [frame, type, count]) };
  }

  /** Memory has been restored before. */
  restore({ uses }: FrameTypesState): void {
    this.clear();
    for (const [frame, type, count] of uses) {
      this.uses.set(frame, { type, count });
      if (type !== 'writable') this.copies.set(frame, this.copyOf(frame));
    }
  }

  private unlessRefused(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      this.onRefused(thrown.refusal);
      return false;
    }
  }

  /** @param address of the entry for whose sake it is used, and its value */
  private take(frame: number, type: FrameType, address: number, value: bigint): void {
    const refuse = (kind: RefusalKind): never => {
      throw new Refused({ kind, address, value });
    };
    if (!this.owns(frame)) refuse('foreign-frame');
    const use = this.uses.get(frame);
    if (use && use.type !== type) refuse(type === 'writable' ? 'writable-table' : 'used-frame');
    if (!use && type !== 'writable') this.validate(frame, type);
    this.uses.set(frame, { type, count: (use?.count ?? 0) + 1 });
  }

  /** Makes a table of a frame: all its entries, or none, are taken. */
  private validate(frame: number, level: number): void {
    // It is one from now on: no entry below may lead back to it as something else.
    this.uses.set(frame, { type: level as FrameType, count: 0 });
    let index = 0;
    try {
      for (; index < ENTRIES; index++) {
        const address = frame + index * 8;
        this.takeTarget(level, address, this.memory.read64(address));
      }
    } catch (thrown) {
      while (--index >= 0) {
        const address = frame + index * 8;
        this.releaseTarget(level, address, this.memory.read64(address));
      }
      this.uses.delete(frame);
      throw thrown;
    }
    if (level === TOP_LEVEL) {
      this.writeEntry(frame + this.reserved.index * 8, this.reserved.entry);
    }
    this.copies.set(frame, this.copyOf(frame));
  }

  /** It is no table any more: what it leads to is used less. */
  private dissolve(frame: number, level: number): void {
    this.copies.delete(frame);
    for (let index = 0; index < ENTRIES; index++) {
      const address = frame + index * 8;
      this.releaseTarget(level, address, this.memory.read64(address));
    }
    if (level === TOP_LEVEL) this.writeEntry(frame + this.reserved.index * 8, 0n);
  }

  private isReserved(level: number, address: number): boolean {
    return level === TOP_LEVEL && (address % PAGE_SIZE) / 8 === this.reserved.index;
  }

  private takeTarget(level: number, address: number, value: bigint): void {
    const refuse = (kind: RefusalKind): never => {
      throw new Refused({ kind, address, value });
    };
    if (this.isReserved(level, address)) {
      const isOurs = ((value ^ this.reserved.entry) & ~SET_BY_WALKS) === 0n;
      if (!isOurs && value !== 0n) refuse('monitors-entry');
      return;
    }
    if (!(value & P)) return;
    if (level > 1 && value & PS) refuse('large-page');
    const frame = frameOf(value);
    if (level > 1) this.take(frame, (level - 1) as FrameType, address, value);
    else if (value & RW) this.take(frame, 'writable', address, value);
    else if (!this.owns(frame)) refuse('foreign-frame');
  }

  private releaseTarget(level: number, address: number, value: bigint): void {
    if (!(value & P) || this.isReserved(level, address)) return;
    if (level > 1 || value & RW) this.release(frameOf(value));
  }

  private write(frame: number, index: number, value: bigint): void {
    const isMonitors = this.isReserved(Number(this.uses.get(frame)?.type), frame + index * 8);
    const entry = isMonitors ? this.reserved.entry : value;
    this.writeEntry(frame + index * 8, entry);
    const copy = this.copies.get(frame);
    if (copy) copy[index] = entry & ~SET_BY_WALKS;
  }

  private writeEntry(address: number, value: bigint): void {
    this.settingFlags(() => {
      this.memory.write64(address, value);
    });
  }

  private copyOf(frame: number): Copy {
    return BigUint64Array.from(
      { length: ENTRIES },
      (_, n) => this.memory.read64(frame + n * 8) & ~SET_BY_WALKS,
    );
  }

  /** Somebody else has written to memory: a table stays as it was. */
  private written(address: number, length: number): void {
    for (let at = address - (address % 8); at < address + length; at += 8) {
      const frame = at - (at % PAGE_SIZE);
      const copy = this.copies.get(frame);
      if (!copy) {
        at = frame + PAGE_SIZE - 8;
        continue;
      }
      const value = this.memory.read64(at);
      const right = copy[(at - frame) / 8] ?? 0n;
      if ((value & ~SET_BY_WALKS) === right) continue;
      this.writeEntry(at, right);
      this.onRefused({ kind: 'unasked', address: at, value });
    }
  }
}

const frameOf = (entry: bigint): number => Number(entry & ~NOT_ADDRESS);
