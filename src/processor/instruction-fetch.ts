import type { CodeCache } from './code-cache';
import { Fault, WorldSwitch, generalProtection } from './faults';
import { CS, PAGE_SIZE, Rec, Segment, State, segmentSlot } from './layout';
import { isCanonical, type Mmu } from './paging/mmu';
import type { SoftwareTlb } from './paging/tlb';
import type { PhysicalMemory } from './physical-memory';
import type { CpuState } from './state';

/** What instruction fetch works with. */
export interface FetchParts {
  readonly state: CpuState;
  readonly physical: PhysicalMemory;
  readonly mmu: Mmu;
  readonly tlb: SoftwareTlb;
  readonly code: CodeCache;
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
    this.tlb = parts.tlb;
    this.code = parts.code;
    this.view = parts.physical.view;
  }

  /** The record at a RIP. @throws Fault when it cannot be fetched */
  enter(rip: bigint): number {
    const { state } = this;
    if (rip > state.slot(State.FETCH_LIMIT)) throw generalProtection();
    const linear = this.codeLinear(rip);
    if (state.codeBits === 64 && !isCanonical(linear, state)) throw generalProtection();
    const physical = this.mmu.translate(linear, {
      write: false,
      execute: true,
      user: state.cpl === 3,
    });
    const offset = physical % PAGE_SIZE;
    const frame = physical - offset;
    if (frame === this.gateFrame) {
      this.onGate(offset >> 4);
      return 0;
    }
    const base = rip - BigInt(offset);
    state.setSlot(State.RIP_BASE, BigInt.asUintN(64, base));
    if (base < 0n || base + 4095n > state.slot(State.FETCH_LIMIT)) return this.scratch(rip);
    if (!this.physical.contains(frame, PAGE_SIZE)) return this.scratch(rip);
    if (this.code.codeBytes(frame) === 0) this.tlb.protectFrame(frame);
    const page = this.code.page(frame, state.codeBits);
    const record = this.code.record(page, offset);
    // Looked up again: the map has moved if decoding had to make room.
    const { map } = this.code.page(frame, state.codeBits);
    this.tlb.fillCode(this.view.getInt32(State.CODE_TLB_SET, true), linear, map);
    return record;
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

  branch(record: number, rip: bigint): number {
    const base = this.state.slot(State.RIP_BASE);
    const generation = this.code.generation;
    const target = this.enterOrLeave(rip);
    const samePage = target !== 0 && this.state.slot(State.RIP_BASE) === base;
    if (samePage && this.code.generation === generation && this.code.isKept(record, target)) {
      this.view.setUint32(record + Rec.TARGET_RECORD, target, true);
    }
    return target;
  }

  scratchOrLeave(rip: bigint): number {
    try {
      return this.scratch(rip);
    } catch (thrown) {
      if (!(thrown instanceof Fault) && !(thrown instanceof WorldSwitch)) throw thrown;
      return 0;
    }
  }

  /** Decodes one instruction whose bytes need care: across pages, or near the segment's end. */
  private scratch(rip: bigint): number {
    const offset = Number(rip - this.state.slot(State.RIP_BASE));
    const bytes = this.bytesAt(rip);
    this.onScratch();
    const { record, length, complete } = this.code.scratch(
      bytes,
      this.state.codeBits,
      offset & 0xfff,
    );
    if (!complete && bytes.length < 15) this.raiseBeyond(rip + BigInt(bytes.length));
    if (rip + BigInt(length - 1) > this.state.slot(State.FETCH_LIMIT)) throw generalProtection();
    return record;
  }

  /** The byte at `rip` is needed but cannot be fetched: raises what its fetch raises. */
  private raiseBeyond(rip: bigint): void {
    if (rip > this.state.slot(State.FETCH_LIMIT)) throw generalProtection();
    this.mmu.translate(this.codeLinear(rip), {
      write: false,
      execute: true,
      user: this.state.cpl === 3,
    });
  }

  /** Up to 15 instruction bytes at a RIP: fewer where the segment or the mapped pages end. */
  bytesAt(rip: bigint): Uint8Array {
    const { state } = this;
    const access = { write: false, execute: true, user: state.cpl === 3 };
    const first = this.mmu.translate(this.codeLinear(rip), access);
    const inPage = PAGE_SIZE - (first % PAGE_SIZE);
    const limit = state.slot(State.FETCH_LIMIT) - rip + 1n;
    const wanted = limit < 15n ? Number(limit) : 15;
    if (wanted <= inPage) return this.physical.readBytes(first, wanted);
    const bytes = new Uint8Array(wanted);
    bytes.set(this.physical.readBytes(first, inPage));
    const { result, host } = this.mmu.probe(this.codeLinear(rip + BigInt(inPage)), access);
    if (result.fault || host === undefined) return bytes.subarray(0, inPage);
    bytes.set(this.physical.readBytes(host, wanted - inPage), inPage);
    return bytes;
  }
}
