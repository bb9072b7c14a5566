import { generalProtection } from '../faults';
import { needsRing } from '../reasons/privilege';
import { segmentFault } from './segment-fault';
import type { InstructionDetail } from './instruction-context';
import { Rec, SS, Segment, State, segmentSlot } from '../state/layout';
import type { Mmu } from '../paging/mmu';
import type { PhysicalMemory } from '../physical-memory';
import type { CpuState } from '../state/cpu-state';

/** All ones, by the number of bytes. */
const MASKS = Array.from({ length: 9 }, (_, bytes) => (1n << BigInt(8 * bytes)) - 1n);
const mask = (bytes: number): bigint => MASKS[bytes] ?? 0n;

/** Operands, memory and the stack, for slow paths: the same rules as the trees follow. */
export abstract class OperandAccess {
  abstract readonly state: CpuState;
  abstract readonly mmu: Mmu;
  abstract readonly physical: PhysicalMemory;
  abstract get instruction(): InstructionDetail;

  /** The offset that the memory operand names. */
  effectiveAddress(): bigint {
    const { view } = this.physical;
    const { record } = this.instruction;
    const base = this.state.slot(view.getUint16(record + Rec.BASE, true));
    const index = this.state.slot(view.getUint16(record + Rec.INDEX, true));
    const scale = BigInt(view.getUint8(record + Rec.SCALE));
    const displacement = view.getBigUint64(record + Rec.DISPLACEMENT, true);
    const addressMask = view.getBigUint64(record + Rec.ADDRESS_MASK, true);
    return (base + (index << scale) + displacement) & addressMask;
  }

  displacement(): bigint {
    const { view } = this.physical;
    const { record } = this.instruction;
    const displacement = view.getBigUint64(record + Rec.DISPLACEMENT, true);
    const relative = view.getUint16(record + Rec.BASE, true) === State.RIP_BASE;
    return relative
      ? BigInt.asUintN(64, this.state.slot(State.RIP_BASE) + displacement)
      : displacement;
  }

  operandSegment(): number {
    return this.physical.view.getUint16(this.instruction.record + Rec.SEGMENT, true);
  }

  linearOperand(): bigint {
    const base = this.state.slot(this.operandSegment() + Segment.EFFECTIVE_BASE);
    return (base + this.effectiveAddress()) & this.state.slot(State.LINEAR_MASK);
  }

  readOperand(index: number, bytes: number): bigint {
    const operand = this.instruction.operands[index];
    if (operand?.kind === 'register') {
      const value = this.state.slot(operand.slot);
      return bytes === 8 ? value : value & mask(bytes);
    }
    if (operand?.kind === 'immediate') return operand.value & mask(bytes);
    return this.load(this.operandSegment(), this.effectiveAddress(), bytes);
  }

  writeOperand(index: number, bytes: number, value: bigint): void {
    const operand = this.instruction.operands[index];
    if (operand?.kind !== 'register') {
      this.store(this.operandSegment(), this.effectiveAddress(), bytes, value);
      return;
    }
    if (bytes === 8) {
      this.state.setSlot(operand.slot, value);
      return;
    }
    const keep = bytes < 4 ? this.state.slot(operand.slot) & ~mask(bytes) : 0n;
    this.state.setSlot(operand.slot, BigInt.asUintN(64, keep) | (value & mask(bytes)));
  }

  load(segment: number, offset: bigint, bytes: number): bigint {
    return this.mmu.load(this.linear(segment, offset, bytes, false), bytes, segment);
  }

  store(segment: number, offset: bigint, bytes: number, value: bigint): void {
    this.mmu.store(this.linear(segment, offset, bytes, true), bytes, segment, value);
  }

  /** Up to a page of bytes. */
  loadBytes(segment: number, offset: bigint, bytes: number): Uint8Array {
    return this.mmu.loadBytes(this.linear(segment, offset, bytes, false), bytes, segment);
  }

  /** All of them or none, up to a page. */
  storeBytes(segment: number, offset: bigint, data: Uint8Array): void {
    this.mmu.storeBytes(this.linear(segment, offset, data.length, true), data, segment);
  }

  /** Faults as a store would, and stores nothing. */
  requireWritable(segment: number, offset: bigint, bytes: number): void {
    this.mmu.requireWritable(this.linear(segment, offset, bytes, true), bytes, segment);
  }

  push(value: bigint, bytes: number): void {
    const rsp = this.state.gpr(4);
    const stackMask = this.state.slot(State.STACK_MASK);
    const top = (rsp - BigInt(bytes)) & stackMask;
    this.store(segmentSlot(SS), top, bytes, value);
    this.state.setGpr(4, BigInt.asUintN(64, (rsp & ~stackMask) | top));
  }

  pop(bytes: number): bigint {
    const rsp = this.state.gpr(4);
    const stackMask = this.state.slot(State.STACK_MASK);
    const value = this.load(segmentSlot(SS), rsp & stackMask, bytes);
    const top = (rsp + BigInt(bytes)) & stackMask;
    this.state.setGpr(4, BigInt.asUintN(64, (rsp & ~stackMask) | top));
    return value;
  }

  requirePrivilege(level: number): void {
    if (this.state.cpl > level) throw generalProtection(needsRing(level, this.state.cpl));
  }

  /** The linear address of an access, after the segment checks (SDM 3A 5.3). */
  private linear(segment: number, offset: bigint, bytes: number, write: boolean): bigint {
    const { state, physical } = this;
    if (physical.view.getInt32(segment + Segment.CHECKED, true) !== 0) {
      const low = state.slot(segment + (write ? Segment.WRITE_LOW : Segment.READ_LOW));
      const high = state.slot(segment + (write ? Segment.WRITE_HIGH : Segment.READ_HIGH));
      if (offset < low || offset + BigInt(bytes) - 1n > high) {
        throw segmentFault(state, segment, offset, bytes, write);
      }
    }
    const base = state.slot(segment + Segment.EFFECTIVE_BASE);
    return (base + offset) & state.slot(State.LINEAR_MASK);
  }
}
