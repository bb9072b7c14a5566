import { IOPL_SHIFT, Rflags, RFLAGS_WRITABLE, WideRflags } from '../../isa/registers/flags';
import { undefinedOpcode } from '../faults';
import { csNotLoaded, wrongOperands } from '../reasons/instructions';
import type { InstructionContext } from '../execution/instruction-context';
import { CS, SS, State, segmentSlot } from '../state/layout';
import { loadDataSegment } from '../segments/load-data';
import type { SlowPath } from '../semantics/slow-path';
import {
  loadVirtualImage,
  requireFlagsIn8086Mode,
  virtualFlags,
  virtualImage,
} from './virtual-interrupts';

/** The stack instructions that trees do not express: segments, flags, POP to memory, ENTER. */

export const pushSegment: SlowPath = (cpu) => {
  const operand = cpu.instruction.operands[0];
  if (operand?.kind !== 'segment') throw undefinedOpcode(wrongOperands());
  cpu.push(BigInt(cpu.state.selector(operand.index)), cpu.instruction.operandSize);
  return 'continue';
};

export const popSegment: SlowPath = (cpu) => {
  const operand = cpu.instruction.operands[0];
  if (operand?.kind !== 'segment') throw undefinedOpcode(wrongOperands());
  if (operand.index === CS) throw undefinedOpcode(csNotLoaded());
  restoringStackPointer(cpu, () => {
    const value = cpu.pop(cpu.instruction.operandSize);
    loadDataSegment(cpu, operand.index, Number(value & 0xffffn));
  });
  if (operand.index === SS) cpu.state.interruptShadow = 'mov-ss';
  return undefined;
};

/** The address is computed after RSP has moved on (SDM 2B POP). */
export const popToMemory: SlowPath = (cpu) => {
  const bytes = cpu.instruction.operandSize;
  restoringStackPointer(cpu, () => {
    cpu.writeOperand(0, bytes, cpu.pop(bytes));
  });
  return 'continue';
};

export const pushFlags: SlowPath = (cpu) => {
  if (cpu.guestMode.pushf()) return 'left';
  const { state } = cpu;
  const bytes = cpu.instruction.operandSize;
  requireFlagsIn8086Mode(state, bytes);
  const flags = virtualFlags(state) ? virtualImage(state) : state.rflags;
  const image = flags & ~BigInt(Rflags.VM | Rflags.RF);
  cpu.push(image & ((1n << BigInt(8 * bytes)) - 1n), bytes);
  return 'continue';
};

export const popFlags: SlowPath = (cpu) => {
  if (cpu.guestMode.popf()) return 'left';
  const bytes = cpu.instruction.operandSize;
  requireFlagsIn8086Mode(cpu.state, bytes);
  restoringStackPointer(cpu, () => {
    setFlagsFromImage(cpu, cpu.pop(bytes), bytes);
  });
  cpu.updateDerivedState(); // AC may turn alignment checks on or off
  return undefined;
};

/** What POPF restores at CPL 0; IRET more (SDM 2B POPF). */
const RESTORED =
  RFLAGS_WRITABLE & ~(WideRflags.VM | WideRflags.VIP | WideRflags.VIF | WideRflags.RF);

/**
 * What POPF and IRET may change: IOPL only in ring 0, IF only with CPL ≤ IOPL (SDM 2B POPF). The
 * forbidden changes are silent: one of the reasons why x86 was hard to virtualize.
 *
 * @throws Fault #GP(0) with virtual flags; see `loadVirtualImage`
 */
export function setFlagsFromImage(
  cpu: Pick<InstructionContext, 'state'>,
  image: bigint,
  bytes: number,
  more = 0n,
): void {
  const { state } = cpu;
  if (virtualFlags(state)) {
    loadVirtualImage(state, image);
    return;
  }
  const old = state.rflags;
  let mask = RESTORED | more;
  const iopl = Number((old & WideRflags.IOPL) >> IOPL_SHIFT);
  if (state.cpl > 0) mask &= ~WideRflags.IOPL;
  if (state.cpl > iopl) mask &= ~WideRflags.IF;
  if (bytes === 2) mask &= 0xffffn;
  const cleared = bytes === 2 ? old : old & ~WideRflags.RF;
  state.rflags = (cleared & ~mask) | (image & mask);
  state.loadsRf = (more & WideRflags.RF) !== 0n;
}

/** ENTER: a stack frame with up to 31 links to outer ones (SDM 2A ENTER). */
export const enter: SlowPath = (cpu) => {
  const { state } = cpu;
  const bytes = cpu.instruction.operandSize;
  const [size, depth] = cpu.instruction.operands.map((o) =>
    o.kind === 'immediate' ? o.value : 0n,
  );
  const level = Number((depth ?? 0n) & 31n);
  const mask = state.slot(State.STACK_MASK);
  restoringStackPointer(cpu, () => {
    let frame = state.gpr(5);
    cpu.push(truncate(frame, bytes), bytes);
    const top = state.gpr(4); // all of ESP, also where SP alone is the stack pointer
    for (let n = 1; n < level; n++) {
      frame = (frame - BigInt(bytes)) & mask;
      cpu.push(cpu.load(segmentSlot(SS), frame, bytes), bytes);
    }
    if (level > 0) cpu.push(truncate(top, bytes), bytes);
    const rsp = state.gpr(4);
    const pointer = (rsp - ((size ?? 0n) & 0xffffn)) & mask;
    // The frame must be writable at its far end before anything is committed.
    cpu.store(segmentSlot(SS), pointer, bytes, cpu.load(segmentSlot(SS), pointer, bytes));
    state.setGpr(4, (rsp & ~mask) | pointer);
    writeFramePointer(cpu, top, bytes);
  });
  return 'continue';
};

function writeFramePointer(cpu: InstructionContext, value: bigint, bytes: number): void {
  const old = cpu.state.gpr(5);
  cpu.state.setGpr(5, bytes === 2 ? (old & ~0xffffn) | (value & 0xffffn) : truncate(value, bytes));
}

const truncate = (value: bigint, bytes: number): bigint => value & ((1n << BigInt(8 * bytes)) - 1n);

/** Runs something that moves RSP and may fault; RSP is then as it was. */
function restoringStackPointer(cpu: InstructionContext, action: () => void): void {
  const rsp = cpu.state.gpr(4);
  try {
    action();
  } catch (fault) {
    cpu.state.setGpr(4, rsp);
    throw fault;
  }
}
