import { Vector } from '../../isa/exceptions';
import { Rflags } from '../../isa/registers/flags';
import { generalProtection, undefinedOpcode } from '../faults';
import { nestedTask, not64Bit } from '../reasons/instructions';
import { CONDITIONS } from '../events/debug';
import type { EventKind } from '../events/event';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';
import { callThroughGate, gateOrTask, jumpThroughGate } from '../segments/call-gate';
import { farTransfer, returnToCode } from '../segments/transfer';
import type { SegmentRegister } from '../state/cpu-state';
import { CS, TR } from '../state/layout';
import { switchTask, type TaskSource } from '../tasks/task-switch';
import { PREVIOUS_TASK } from '../tasks/tss';
import { needsIopl3 } from '../reasons/privilege';
import { setFlagsFromImage } from './stack';
import { callOwnHandler, ioplOf, requireFlagsIn8086Mode } from './virtual-interrupts';

/** Far JMP, CALL and RET, IRET, INT n, INT3, INTO, INT1 (SDM 2). */

/** Selector and offset of a far pointer, from the instruction or from memory. */
function farPointer(cpu: InstructionContext): { selector: number; offset: bigint } {
  const { operands, operandSize } = cpu.instruction;
  const operand = operands[0];
  if (operand?.kind === 'far')
    return { selector: operand.selector, offset: BigInt(operand.offset) };
  const segment = cpu.operandSegment();
  const at = cpu.effectiveAddress();
  const offset = cpu.load(segment, at, operandSize);
  const selector = Number(cpu.load(segment, at + BigInt(operandSize), 2));
  return { selector, offset };
}

export const jumpFar: SlowPath = (cpu) => {
  const { selector, offset } = farPointer(cpu);
  const gate = gateOrTask(cpu, selector);
  if (gate && 'task' in gate) return toTask(cpu, gate.task, 'jmp');
  cpu.nextRip = gate
    ? jumpThroughGate(cpu, gate)
    : farTransfer(cpu, selector, offset, cpu.instruction.operandSize);
  return undefined;
};

export const callFar: SlowPath = (cpu) => {
  const { selector, offset } = farPointer(cpu);
  const gate = gateOrTask(cpu, selector);
  if (gate && 'task' in gate) return toTask(cpu, gate.task, 'call');
  if (gate) cpu.nextRip = callThroughGate(cpu, gate);
  else callCode(cpu, selector, offset);
  return undefined;
};

/** The old task goes on behind this instruction. */
function toTask(cpu: InstructionContext, selector: number, source: TaskSource): undefined | 'left' {
  const { rflags: flags } = cpu.state;
  const left = switchTask(cpu, { source, selector, returnRip: cpu.nextRip, flags });
  return left ? 'left' : undefined;
}

/** A far CALL to a code segment of the same privilege. */
function callCode(cpu: InstructionContext, selector: number, offset: bigint): void {
  const { state, instruction } = cpu;
  const bytes = instruction.operandSize;
  const saved = { cs: BigInt(state.selector(1)), rip: cpu.nextRip };
  const rsp = state.gpr(4);
  const code = state.segment(1);
  try {
    const target = farTransfer(cpu, selector, offset, bytes);
    const loaded = state.segment(1);
    state.setSegment(1, code); // the pushes belong to the old code segment's world
    cpu.updateDerivedState();
    cpu.push(saved.cs, bytes);
    cpu.push(saved.rip & ((1n << BigInt(8 * bytes)) - 1n), bytes);
    state.setSegment(1, loaded);
    cpu.updateDerivedState();
    cpu.nextRip = target;
  } catch (fault) {
    state.setGpr(4, rsp);
    state.setSegment(1, code);
    cpu.updateDerivedState();
    throw fault;
  }
}

export const returnFar: SlowPath = (cpu) => {
  const { instruction } = cpu;
  const operand = instruction.operands[0];
  const release = operand?.kind === 'immediate' ? Number(operand.value & 0xffffn) : 0;
  cpu.nextRip = returnToCode(cpu, instruction.operandSize, { interrupt: false, release });
  return undefined;
};

export const returnFromInterrupt: SlowPath = (cpu) => {
  if (cpu.guestMode.iret()) return 'left';
  const { state, instruction } = cpu;
  const bytes = instruction.operandSize;
  if (state.realStyleSegments) {
    realModeReturn(cpu, bytes);
    return undefined;
  }
  if (state.systemFlags & BigInt(Rflags.NT)) {
    if (state.longMode) throw generalProtection(nestedTask());
    const previous = cpu.mmu.loadSystem(state.segment(TR).base + BigInt(PREVIOUS_TASK), 2);
    const left = toTask(cpu, Number(previous), 'iret');
    if (left === undefined) unblockNmis(cpu);
    return left;
  }
  cpu.nextRip = returnToCode(cpu, bytes, { interrupt: true, release: 0 });
  unblockNmis(cpu);
  return undefined;
};

/** In a guest whose NMIs belong to the VMM, IRET has nothing to do with them (SDM 3C 26.3). */
function unblockNmis({ state, guestMode }: InstructionContext): void {
  if (guestMode.unblocksNmis()) state.nmiBlocked = false;
}

function realModeReturn(cpu: InstructionContext, bytes: number): void {
  const { state } = cpu;
  requireFlagsIn8086Mode(state, bytes);
  const rsp = state.gpr(4);
  try {
    const offset = cpu.pop(bytes);
    const selector = Number(cpu.pop(bytes) & 0xffffn);
    const flags = cpu.pop(bytes);
    const code = state.segment(CS);
    cpu.nextRip = farTransfer(cpu, selector, offset, bytes);
    restoringCode(cpu, code, () => {
      setFlagsFromImage(cpu, flags, bytes, bytes === 2 ? 0n : BigInt(Rflags.RF));
    });
    unblockNmis(cpu);
  } catch (fault) {
    state.setGpr(4, rsp);
    throw fault;
  }
}

/** Virtual flags may refuse an image when CS has been loaded already. */
function restoringCode(cpu: InstructionContext, code: SegmentRegister, load: () => void): void {
  try {
    load();
  } catch (fault) {
    cpu.state.setSegment(CS, code);
    cpu.updateDerivedState();
    throw fault;
  }
}

/** Delivers a software event; it returns behind the instruction. */
function software(
  cpu: InstructionContext,
  vector: number,
  kind: EventKind,
  debug?: bigint,
): undefined {
  cpu.deliverSoftware({
    kind,
    vector,
    returnRip: cpu.nextRip,
    instructionLength: cpu.instruction.length,
    debug,
  });
  return undefined;
}

export const interrupt: SlowPath = (cpu) => {
  const operand = cpu.instruction.operands[0];
  const { state } = cpu;
  const vector = operand?.kind === 'immediate' ? Number(operand.value & 0xffn) : 0;
  if (cpu.guestMode.softwareInterrupt(vector)) return 'left';
  if (callOwnHandler(cpu, vector)) return undefined;
  if (state.virtual8086 && ioplOf(state) < 3) throw generalProtection(needsIopl3(ioplOf(state)));
  return software(cpu, vector, 'software-interrupt');
};

export const breakpointTrap: SlowPath = (cpu) => software(cpu, Vector.BP, 'software-exception');

/** What MOV SS has held back comes with the same #DB, and not after it. */
export const debugTrap: SlowPath = (cpu) => {
  const { guestMode, state } = cpu;
  if (guestMode.icebp()) return 'left';
  const held = state.pendingDebug === 0 ? undefined : BigInt(state.pendingDebug) & CONDITIONS;
  software(cpu, Vector.DB, 'privileged-software-exception', held);
  state.pendingDebug = 0;
  return undefined;
};

export const interruptOnOverflow: SlowPath = (cpu) => {
  if (cpu.state.codeBits === 64) throw undefinedOpcode(not64Bit());
  if (!(cpu.state.rflags & BigInt(Rflags.OF))) return 'continue';
  return software(cpu, Vector.OF, 'software-exception');
};
