import { AccessRights } from '../../isa/access-rights';
import { RFLAGS_FIXED, RFLAGS_WRITABLE, WideRflags } from '../../isa/registers/flags';
import { generalProtection, notPresent, stackFault } from '../faults';
import { targetBeyond16Bits } from '../reasons/instructions';
import { notCanonical } from '../reasons/memory';
import {
  bothLongAndDefault,
  nullSelector,
  privilegeMismatch,
  returnInward,
  segmentNotPresent,
  targetBeyondLimit,
  wrongKind,
} from '../reasons/segments';
import type { InstructionContext } from '../execution/instruction-context';
import { CS, DS, ES, FS, GS, SS, State } from '../state/layout';
import { isCanonical } from '../paging/mmu';
import { setFlagsFromImage } from '../system/stack';
import {
  dplOf,
  type FoundDescriptor,
  isCode,
  isConforming,
  isNull,
  isPresent,
  isWritableData,
  nullSegment,
  readDescriptor,
  realModeSegment,
  segmentFrom,
  setAccessed,
  withoutRpl,
} from './descriptor';
import { dropInaccessibleSegments } from './load-data';
import type { CpuState, SegmentRegister } from '../state/cpu-state';

const { L, DB } = AccessRights;

/**
 * Loads CS for a far JMP or CALL without change of privilege (SDM 3A 5.8.1).
 *
 * @returns the offset to go on at, truncated to the operand size
 */
export function farTransfer(
  cpu: InstructionContext,
  selector: number,
  offset: bigint,
  operandBytes: number,
): bigint {
  const { state } = cpu;
  const target = offset & ((1n << BigInt(8 * operandBytes)) - 1n);
  if (state.realStyleSegments) {
    const register = realModeSegment(state.segment(CS), selector, state.virtual8086);
    if (Number(target) > register.limit)
      throw generalProtection(targetBeyondLimit(target, register.limit));
    state.setSegment(CS, register);
    cpu.updateDerivedState();
    return target;
  }
  if (isNull(selector)) throw generalProtection(nullSelector('CS'));
  const found = readDescriptor(state, cpu.mmu, selector);
  checkCode(cpu, found, selector);
  const register = segmentFrom(setAccessed(cpu.mmu, found), (selector & ~3) | state.cpl);
  checkTarget(cpu, register, target);
  state.setSegment(CS, register);
  cpu.updateDerivedState();
  return target;
}

function checkCode(cpu: InstructionContext, found: FoundDescriptor, selector: number): void {
  const { state } = cpu;
  const error = withoutRpl(selector);
  const { rights } = found;
  requireCodeOfMode(state, selector, rights);
  const dpl = dplOf(rights);
  const allowed = isConforming(rights)
    ? dpl <= state.cpl
    : (selector & 3) <= state.cpl && dpl === state.cpl;
  if (!allowed) throw generalProtection(privilegeMismatch(selector, dpl, state.cpl), error);
  if (!isPresent(rights)) throw notPresent(segmentNotPresent(selector), error);
}

/** @throws Fault #GP: in IA-32e mode L and D together are reserved (SDM 3A 5.2.1) */
function requireCodeOfMode(state: CpuState, selector: number, rights: number): void {
  const error = withoutRpl(selector);
  if (!isCode(rights)) {
    throw generalProtection(wrongKind(selector, rights, 'code', state.longMode), error);
  }
  if (state.longMode && rights & L && rights & DB) {
    throw generalProtection(bothLongAndDefault(selector), error);
  }
}

/** The target must lie within the segment, or be canonical in 64-bit code. */
function checkTarget(cpu: InstructionContext, code: SegmentRegister, target: bigint): void {
  if (cpu.state.longMode && code.accessRights & L) {
    if (!isCanonical(target, cpu.state)) throw generalProtection(notCanonical('RIP', target));
  } else if (Number(target & 0xffffffffn) > code.limit) {
    throw generalProtection(targetBeyondLimit(target, code.limit));
  }
}

interface ReturnKind {
  /** IRET: RFLAGS is popped too, and in 64-bit mode always SS:RSP. */
  readonly interrupt: boolean;
  /** Bytes of parameters that RET releases. */
  readonly release: number;
}

/**
 * RET far and IRET: back to the same or an outer privilege level (SDM 2B RET; 2A IRET).
 *
 * @returns the RIP to go on at
 */
export function returnToCode(cpu: InstructionContext, bytes: number, kind: ReturnKind): bigint {
  const { state } = cpu;
  const rsp = state.gpr(4);
  try {
    return state.realStyleSegments
      ? realReturn(cpu, bytes, kind)
      : protectedReturn(cpu, bytes, kind);
  } catch (fault) {
    state.setGpr(4, rsp);
    throw fault;
  }
}

function realReturn(cpu: InstructionContext, bytes: number, kind: ReturnKind): bigint {
  const offset = cpu.pop(bytes);
  const target = farTransfer(cpu, Number(cpu.pop(bytes) & 0xffffn), offset, bytes);
  releaseParameters(cpu, kind.release);
  return target;
}

function protectedReturn(cpu: InstructionContext, bytes: number, kind: ReturnKind): bigint {
  const { state } = cpu;
  const target = cpu.pop(bytes);
  const selector = Number(cpu.pop(bytes) & 0xffffn);
  const flags = kind.interrupt ? cpu.pop(bytes) : 0n;
  if (kind.interrupt && flags & WideRflags.VM && state.cpl === 0 && !state.longMode) {
    return toVirtual8086(cpu, target, selector, flags);
  }
  if (isNull(selector)) throw generalProtection(nullSelector('CS'));
  const error = withoutRpl(selector);
  const found = readDescriptor(state, cpu.mmu, selector);
  const rpl = selector & 3;
  requireCodeOfMode(state, selector, found.rights);
  if (rpl < state.cpl) throw generalProtection(returnInward(selector, state.cpl), error);
  const dpl = dplOf(found.rights);
  if (isConforming(found.rights) ? dpl > rpl : dpl !== rpl) {
    throw generalProtection(privilegeMismatch(selector, dpl, state.cpl), error);
  }
  if (!isPresent(found.rights)) throw notPresent(segmentNotPresent(selector), error);
  const code = segmentFrom(setAccessed(cpu.mmu, found), selector);
  const outer = rpl > state.cpl;
  const fromLong64 = state.codeBits === 64;
  const more = beyondPopf(bytes, state.cpl);
  releaseParameters(cpu, kind.release);
  if (outer || (kind.interrupt && fromLong64)) {
    const pointer = cpu.pop(bytes);
    const stack = returnStack(cpu, Number(cpu.pop(bytes) & 0xffffn), rpl, code);
    checkTarget(cpu, code, target);
    if (kind.interrupt) setFlagsFromImage(cpu, flags, bytes, more);
    state.setSegment(CS, code);
    state.setSegment(SS, stack);
    setPointer(cpu, pointer, bytes, stack);
    if (outer) dropInaccessibleSegments(cpu);
    cpu.updateDerivedState();
    if (outer) releaseParameters(cpu, kind.release);
    return target;
  }
  checkTarget(cpu, code, target);
  if (kind.interrupt) setFlagsFromImage(cpu, flags, bytes, more);
  state.setSegment(CS, code);
  cpu.updateDerivedState();
  return target;
}

/** IRET also restores RF, and in ring 0 VIF and VIP, which POPF does not (SDM 2A IRET). */
function beyondPopf(bytes: number, cpl: number): bigint {
  if (bytes === 2) return 0n;
  return cpl === 0 ? WideRflags.RF | WideRflags.VIF | WideRflags.VIP : WideRflags.RF;
}

function releaseParameters(cpu: InstructionContext, bytes: number): void {
  if (bytes === 0) return;
  const mask = cpu.state.slot(State.STACK_MASK);
  const rsp = cpu.state.gpr(4);
  cpu.state.setGpr(4, (rsp & ~mask) | ((rsp + BigInt(bytes)) & mask));
}

/** SS for the ring returned to; 64-bit rings 0 to 2 may have a null selector. */
function returnStack(
  cpu: InstructionContext,
  selector: number,
  rpl: number,
  code: SegmentRegister,
): SegmentRegister {
  const { state, mmu } = cpu;
  const error = withoutRpl(selector);
  if (isNull(selector)) {
    const allowed = state.longMode && (code.accessRights & L) !== 0 && rpl !== 3;
    if (!allowed || (selector & 3) !== rpl) throw generalProtection(nullSelector('SS'));
    return nullSegment(selector, rpl);
  }
  const found = readDescriptor(state, mmu, selector);
  const { rights } = found;
  if (!isWritableData(rights)) {
    throw generalProtection(wrongKind(selector, rights, 'writable data', state.longMode), error);
  }
  if ((selector & 3) !== rpl || dplOf(rights) !== rpl) {
    throw generalProtection(privilegeMismatch(selector, dplOf(rights), rpl), error);
  }
  if (!isPresent(rights)) throw stackFault(segmentNotPresent(selector), error);
  return segmentFrom(setAccessed(mmu, found));
}

function setPointer(
  cpu: InstructionContext,
  pointer: bigint,
  bytes: number,
  stack: SegmentRegister,
): void {
  const { state } = cpu;
  const keep16 = bytes === 2 || (state.codeBits !== 64 && !(stack.accessRights & DB));
  state.setGpr(4, keep16 ? (state.gpr(4) & ~0xffffn) | (pointer & 0xffffn) : pointer);
}

/** IRET with VM set in the image: the nine values of a virtual-8086 frame (SDM 3B 21.2.5). */
function toVirtual8086(
  cpu: InstructionContext,
  target: bigint,
  selector: number,
  flags: bigint,
): bigint {
  const { state } = cpu;
  if (target > 0xffffn) throw generalProtection(targetBeyond16Bits(target));
  const pointer = cpu.pop(4);
  const selectors = [SS, ES, DS, FS, GS].map((index) => ({
    index,
    selector: Number(cpu.pop(4) & 0xffffn),
  }));
  state.rflags = (flags & RFLAGS_WRITABLE) | RFLAGS_FIXED;
  for (const { index, selector: s } of [...selectors, { index: CS, selector }]) {
    state.setSegment(index, realModeSegment(state.segment(index), s, true));
  }
  state.setGpr(4, pointer);
  cpu.updateDerivedState();
  return target;
}
