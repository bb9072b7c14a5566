import { csNotLoaded, wrongOperands } from '../reasons/instructions';
import { undefinedOpcode } from '../faults';
import type { InstructionContext, OperandDetail } from '../execution/instruction-context';
import { CS, SS, State } from '../state/layout';
import { loadDataSegment } from '../segments/load-data';
import type { SlowPath } from '../semantics/slow-path';
import { readControlRegister, writeControlRegister } from './control-registers';
import { readDebugRegister, writeDebugRegister } from './debug-registers';

/** MOV to and from segment, control and debug registers (SDM 2B MOV). */
export const moveSpecial: SlowPath = (cpu) => {
  const [target, source] = cpu.instruction.operands;
  if (!target || !source) throw undefinedOpcode(wrongOperands());
  if (target.kind === 'segment') return toSegment(cpu, target.index);
  if (source.kind === 'segment') return fromSegment(cpu, source.index);
  if (target.kind === 'control') return toControl(cpu, target.number, gprOf(source));
  if (source.kind === 'control') return fromControl(cpu, source.number, gprOf(target));
  if (target.kind === 'debug') return toDebug(cpu, target.number, gprOf(source));
  if (source.kind === 'debug') return fromDebug(cpu, source.number, gprOf(target));
  throw undefinedOpcode(wrongOperands());
};

function toSegment(cpu: InstructionContext, index: number): undefined {
  if (index === CS) throw undefinedOpcode(csNotLoaded());
  loadDataSegment(cpu, index, Number(cpu.readOperand(1, 2)));
  if (index === SS) cpu.state.interruptShadow = 'mov-ss';
  return undefined;
}

function fromSegment(cpu: InstructionContext, index: number): 'continue' {
  const memory = cpu.instruction.operands[0]?.kind === 'memory';
  cpu.writeOperand(0, memory ? 2 : cpu.instruction.operandSize, BigInt(cpu.state.selector(index)));
  return 'continue';
}

function toControl(cpu: InstructionContext, number: number, gpr: number): undefined {
  cpu.requirePrivilege(0);
  const wide = cpu.state.codeBits === 64;
  const raw = cpu.state.gpr(gpr);
  const value = cpu.guestMode.writeControlRegister(number, wide ? raw : raw & 0xffffffffn, gpr);
  writeControlRegister(cpu, number, value, gpr);
  cpu.guestMode.written(number);
  cpu.tally.noteControlRegister(number, true);
  return undefined;
}

function fromControl(cpu: InstructionContext, number: number, gpr: number): 'continue' {
  cpu.requirePrivilege(0);
  const value = cpu.guestMode.readControlRegister(number, readControlRegister(cpu, number), gpr);
  cpu.state.setGpr(gpr, cpu.state.codeBits === 64 ? value : value & 0xffffffffn);
  cpu.tally.noteControlRegister(number, false);
  return 'continue';
}

function toDebug(cpu: InstructionContext, number: number, gpr: number): undefined | 'left' {
  cpu.requirePrivilege(0);
  if (cpu.guestMode.debugRegister(number, false, gpr)) return 'left';
  const wide = cpu.state.codeBits === 64;
  const raw = cpu.state.gpr(gpr);
  writeDebugRegister(cpu, number, wide ? raw : raw & 0xffffffffn);
  return undefined;
}

function fromDebug(cpu: InstructionContext, number: number, gpr: number): 'continue' | 'left' {
  cpu.requirePrivilege(0);
  if (cpu.guestMode.debugRegister(number, true, gpr)) return 'left';
  cpu.state.setGpr(gpr, readDebugRegister(cpu, number));
  return 'continue';
}

function gprOf(operand: OperandDetail): number {
  if (operand.kind !== 'register') throw undefinedOpcode(wrongOperands());
  return (operand.slot - State.GPR) >> 3;
}
