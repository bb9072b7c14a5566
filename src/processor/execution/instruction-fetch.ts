import { Hides, type CodeCache } from './code-cache';
import { LONGEST_INSTRUCTION } from '../../isa/instructions/length';
import type { ProcessorCaches } from './memory-caches';
import { Fault, WorldSwitch, generalProtection } from '../faults';
import { RAISED, Raised } from '../reasons/arithmetic';
import { addressNotCanonical, fetchBeyondLimit, tooLong } from '../reasons/memory';
import { CS, PAGE_SIZE, Rec, Segment, State, segmentSlot, wordOf } from '../state/layout';
import { isCanonical, type Mmu } from '../paging/mmu';
import type { SoftwareTlb } from '../paging/tlb';
import type { PhysicalMemory } from '../physical-memory';
import type { CpuState } from '../state/cpu-state';

const RIP = wordOf(State.RIP);
const RIP_BASE = wordOf(State.RIP_BASE);
const FETCH_LIMIT = wordOf(State.FETCH_LIMIT);
const LINEAR_MASK = wordOf(State.LINEAR_MASK);
const CODE_TLB_SET = wordOf(State.CODE_TLB_SET);
const CODE_BASE = wordOf(segmentSlot(CS) + Segment.EFFECTIVE_BASE);

/** What instruction fetch works with. */
export interface FetchParts {
  readonly state: CpuState;
  readonly physical: PhysicalMemory;
  readonly mmu: Mmu;
  readonly caches: ProcessorCaches;
}

/** Instruction fetch: from a RIP to the decoded record that stands for what lies there. */
export class InstructionFetch {
  /** Host-physical address of the gate page. */
  gateFrame: number | undefined;
  private readonly state: CpuState;
  private readonly physical: PhysicalMemory;
  private readonly mmu: Mmu;
  private readonly tlb: SoftwareTlb;
  private readonly code: CodeCache;
  private readonly markCode: (frame: number) => void;
  private readonly view: DataView;

  constructor(
    parts: FetchParts,
    /** The next instruction lies in the gate page. */
    private readonly onGate: (gate: number) => void,
    /** The scratch record is about to hold another instruction. */
    private readonly onScratch: () => void,
  ) {
    this.state = parts.state;
    this.physical = parts.physical;
    this.mmu = parts.mmu;
    const { caches } = parts;
    this.tlb = caches.tlb;
    this.code = caches.code;
    this.markCode = (frame) => {
      caches.markCode(frame);
    };
    this.view = parts.physical.view;
  }

  /**
   * The record at the present RIP.
   *
   * @param passing whether a breakpoint at the instruction is passed over
   * @throws Fault when it cannot be fetched
   */
  current(passing: boolean): number {
    return this.known() ?? this.enter(this.state.rip, passing);
  }

  /** The length of what lies at the present RIP, decoded if it was not yet; 0 where nothing can be fetched. */
  lengthHere(): number {
    const record = this.recordHere();
    return record === 0 ? 0 : this.view.getUint8(record + Rec.LENGTH);
  }

  /** The record at the present RIP, if its instruction is watched; else 0. */
  watchedHere(): number {
    const record = this.recordHere();
    if (record === 0) return 0;
    return this.view.getUint8(record + Rec.BREAKPOINT) & Hides.WATCH ? record : 0;
  }

  private recordHere(): number {
    try {
      return this.current(true);
    } catch (thrown) {
      if (thrown instanceof Fault) return 0;
      throw thrown;
    }
  }

  /**
   * What `enter` would give for the present RIP, if the code TLB leads to it, as it mostly does. (In
   * 32-bit halves: with BigInts the search would cost more than all else at the start of a run.)
   */
  private known(): number | undefined {
    const { words } = this.state;
    const low = (words[RIP] ?? 0) >>> 0;
    const high = (words[RIP + 1] ?? 0) >>> 0;
    const lastHigh = (words[FETCH_LIMIT + 1] ?? 0) >>> 0;
    const beyond = high === lastHigh ? low > (words[FETCH_LIMIT] ?? 0) >>> 0 : high > lastHigh;
    if (beyond) return undefined;
    const sum = low + ((words[CODE_BASE] ?? 0) >>> 0);
    const carry = sum > 0xffffffff ? 1 : 0;
    const linearHigh = (high + (words[CODE_BASE + 1] ?? 0) + carry) & (words[LINEAR_MASK + 1] ?? 0);
    const entry = this.tlb.codeEntry(words[CODE_TLB_SET] ?? 0, sum | 0, linearHigh);
    if (entry === undefined) return undefined;
    const offset = sum & (PAGE_SIZE - 1);
    if (this.tlb.frameOfEntry(entry) === this.gateFrame) return this.gate(offset);
    const record = this.tlb.recordOfEntry(entry, offset);
    if (record === 0 || this.code.straddles(record)) return undefined;
    words[RIP_BASE] = low - offset;
    words[RIP_BASE + 1] = low < offset ? high - 1 : high;
    return record;
  }

  /**
   * The record at a RIP.
   *
   * @param passing whether a breakpoint at the instruction is passed over
   * @throws Fault when it cannot be fetched
   */
  private enter(rip: bigint, passing = false): number {
    const { state } = this;
    const limit = state.slot(State.FETCH_LIMIT);
    if (rip > limit) throw generalProtection(fetchBeyondLimit(rip, limit));
    const linear = this.codeLinear(rip);
    if (state.codeBits === 64 && !isCanonical(linear, state))
      throw generalProtection(addressNotCanonical(linear));
    const frame = this.frameOf(linear);
    const offset = Number(linear & 0xfffn);
    if (frame === this.gateFrame) return this.gate(offset);
    const base = rip - BigInt(offset);
    state.setSlot(State.RIP_BASE, BigInt.asUintN(64, base));
    if (!this.physical.contains(frame, PAGE_SIZE)) return this.scratch(rip);
    const window = { frame, bits: state.codeBits, ...this.edges(base) };
    const isNew = !this.code.holdsCode(frame);
    const record = this.code.record(this.code.page(window), offset);
    if (isNew) this.markCode(frame);
    // Looked up again: the map has moved if decoding had to make room.
    const { map } = this.code.page(window);
    this.tlb.setCodeMap(this.view.getInt32(State.CODE_TLB_SET, true), linear, map);
    const stops = !passing && this.view.getUint8(record + Rec.BREAKPOINT) !== 0;
    return this.code.straddles(record) && !stops ? this.scratch(rip) : record;
  }

  /** Gates lie 16 bytes apart. No record stands for them. */
  private gate(offset: number): 0 {
    this.onGate(offset >> 4);
    return 0;
  }

  /** The offsets in a page, whose first byte has RIP `base`, between which the code segment lies. */
  private edges(base: bigint): { low: number; high: number } {
    const last = this.state.slot(State.FETCH_LIMIT) - base;
    return { low: base < 0n ? Number(-base) : 0, high: last < 0xfffn ? Number(last) : 0xfff };
  }

  /**
   * Where the page of a linear address lies, for the fetch that is about to happen: by the code TLB, or
   * by a walk that fills it. @throws Fault #PF, or what second-level translation throws
   */
  private frameOf(linear: bigint): number {
    const set = this.view.getInt32(State.CODE_TLB_SET, true);
    const known = this.tlb.codeFrame(set, linear);
    if (known !== undefined) return known;
    const access = { write: false, execute: true, user: this.state.cpl === 3 };
    const physical = this.mmu.translate(linear, access);
    const frame = physical - (physical % PAGE_SIZE);
    this.tlb.fillCode(set, linear, frame);
    return frame;
  }

  private codeLinear(rip: bigint): bigint {
    const base = this.state.slot(segmentSlot(CS) + Segment.EFFECTIVE_BASE);
    return (base + rip) & this.state.slot(State.LINEAR_MASK);
  }

  /** From within the engine: a fetch that faults belongs to the next instruction, at its own RIP. */
  enterOrLeave(rip: bigint): number {
    this.state.rip = rip;
    try {
      return this.enter(rip);
    } catch (thrown) {
      if (!(thrown instanceof Fault) && !(thrown instanceof WorldSwitch)) throw thrown;
      return 0;
    }
  }

  /**
   * A relative branch that has not been taken before, or leaves its page.
   *
   * @throws Fault #GP of the branch when no instruction can be there
   */
  branch(record: number, rip: bigint): number {
    this.requireTarget(record, rip);
    const base = this.state.slot(State.RIP_BASE);
    const generation = this.code.generation;
    const target = this.enterOrLeave(rip);
    const samePage = target !== 0 && this.state.slot(State.RIP_BASE) === base;
    if (samePage && this.code.generation === generation && this.code.isKept(record, target)) {
      this.view.setUint32(record + Rec.TARGET_RECORD, target, true);
    }
    return target;
  }

  private requireTarget(record: number, rip: bigint): void {
    const { state } = this;
    const biased = BigInt.asUintN(64, rip + state.slot(State.TARGET_BIAS));
    if (biased <= state.slot(State.TARGET_SPAN)) return;
    state.beginInstruction(this.view.getUint16(record + Rec.OFFSET, true), 0);
    const wide = state.codeBits === 64;
    const number = wide ? Raised.TARGET_NOT_CANONICAL : Raised.TARGET_BEYOND_LIMIT;
    throw generalProtection(RAISED[number].reason);
  }

  scratchOrLeave(rip: bigint): number {
    try {
      return this.scratch(rip);
    } catch (thrown) {
      if (!(thrown instanceof Fault) && !(thrown instanceof WorldSwitch)) throw thrown;
      return 0;
    }
  }

  /** Decodes one instruction whose bytes need care: across pages, at the segment's end, outside RAM. */
  private scratch(rip: bigint): number {
    const bits = this.state.codeBits;
    const offset = Number(this.codeLinear(rip) & 0xfffn);
    const left = this.state.slot(State.FETCH_LIMIT) - rip + 1n;
    const allowed = left < BigInt(LONGEST_INSTRUCTION) ? Number(left) : LONGEST_INSTRUCTION;
    const inPage = Math.min(allowed, PAGE_SIZE - offset);
    let bytes = this.physical.readBytes(this.frameOf(this.codeLinear(rip)) + offset, inPage);
    this.onScratch();
    let decoded = this.code.scratch(bytes, bits, offset);
    if (!decoded.complete && allowed > inPage) {
      const next = this.frameOf(this.codeLinear(rip + BigInt(inPage)));
      bytes = joined(bytes, this.physical.readBytes(next, allowed - inPage));
      decoded = this.code.scratch(bytes, bits, offset);
    }
    // Beyond the segment's end, or of more than 15 bytes (SDM 3A 6.15, interrupt 13).
    if (!decoded.complete) {
      const limit = this.state.slot(State.FETCH_LIMIT);
      const cut = allowed < LONGEST_INSTRUCTION;
      throw generalProtection(cut ? fetchBeyondLimit(rip, limit) : tooLong());
    }
    return decoded.record;
  }

  /**
   * Up to 15 instruction bytes at a RIP, for whoever looks at the instruction that is being executed:
   * fewer where the segment or what can be read ends. Leaves no trace.
   */
  bytesAt(rip: bigint): Uint8Array {
    const left = this.state.slot(State.FETCH_LIMIT) - rip + 1n;
    const wanted = left < BigInt(LONGEST_INSTRUCTION) ? Number(left) : LONGEST_INSTRUCTION;
    const linear = this.codeLinear(rip);
    const inPage = Math.min(wanted, PAGE_SIZE - Number(linear & 0xfffn));
    const bytes = this.look(linear, inPage);
    if (wanted === inPage) return bytes;
    return joined(bytes, this.look(this.codeLinear(rip + BigInt(inPage)), wanted - inPage));
  }

  /** Bytes within a page, by the code TLB or else by the page tables; none where nothing is mapped. */
  private look(linear: bigint, length: number): Uint8Array {
    const set = this.view.getInt32(State.CODE_TLB_SET, true);
    const frame = this.tlb.codeFrame(set, linear);
    const at = frame === undefined ? undefined : frame + Number(linear & 0xfffn);
    const host = at ?? this.mmu.probe(linear).host;
    return host === undefined ? new Uint8Array() : this.physical.readBytes(host, length);
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
