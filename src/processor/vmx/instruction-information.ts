import type { DescriptorTableInstruction, VmxInstruction } from '../guest-mode/guest-mode';
import type { InstructionContext } from '../instruction-context';
import { Rec, State, segmentSlot } from '../layout';

/** The VM-exit instruction-information field (SDM 3C 28.2.5), from the instruction being executed. */

const gprNumber = (slot: number): number => (slot - State.GPR) >> 3;

/** Scaling, address size, segment, index and base of the memory operand, or bit 10 for a register. */
export function operandInformation(cpu: InstructionContext, index: number): number {
  const operand = cpu.instruction.operands[index];
  if (operand?.kind === 'register') return (1 << 10) | (gprNumber(operand.slot) << 3);
  return memoryInformation(cpu);
}

/** Address size and segment of a string instruction's memory operand. */
export function addressInformation(cpu: InstructionContext): number {
  const { view } = cpu.physical;
  const mask = view.getBigUint64(cpu.instruction.record + Rec.ADDRESS_MASK, true);
  const size = mask === 0xffffn ? 0 : mask === 0xffffffffn ? 1 : 2;
  const segment = (cpu.operandSegment() - segmentSlot(0)) >> 6;
  return (size << 7) | (segment << 15);
}

function memoryInformation(cpu: InstructionContext): number {
  const { view } = cpu.physical;
  const { record } = cpu.instruction;
  const base = view.getUint16(record + Rec.BASE, true);
  const index = view.getUint16(record + Rec.INDEX, true);
  const isGpr = (slot: number): boolean => slot >= State.GPR && slot < State.ZERO;
  return (
    view.getUint8(record + Rec.SCALE) |
    addressInformation(cpu) |
    (isGpr(index) ? gprNumber(index) << 18 : 1 << 22) |
    (isGpr(base) ? gprNumber(base) << 23 : 1 << 27)
  );
}

/** A register operand as Reg2 (bits 31:28). */
export function secondRegister(cpu: InstructionContext, index: number): number {
  const operand = cpu.instruction.operands[index];
  return operand?.kind === 'register' ? gprNumber(operand.slot) << 28 : 0;
}

const IDENTITIES: Readonly<Record<DescriptorTableInstruction, number>> = {
  SGDT: 0, SIDT: 1, LGDT: 2, LIDT: 3, SLDT: 0, STR: 1, LLDT: 2, LTR: 3,
}; // prettier-ignore

/** Information of an instruction that accesses GDTR, IDTR, LDTR or TR. */
export function descriptorTableInformation(
  cpu: InstructionContext,
  instruction: DescriptorTableInstruction,
): number {
  const wide = cpu.instruction.operandSize === 2 ? 0 : 1 << 11;
  return operandInformation(cpu, 0) | wide | (IDENTITIES[instruction] << 28);
}

/** Information of a VMX instruction; 0 for those whose exit leaves the field undefined. */
export function vmxInstructionInformation(
  cpu: InstructionContext,
  instruction: VmxInstruction,
): number {
  switch (instruction) {
    case 'VMREAD':
      return operandInformation(cpu, 0) | secondRegister(cpu, 1);
    case 'VMWRITE':
    case 'INVEPT':
    case 'INVVPID':
      return operandInformation(cpu, 1) | secondRegister(cpu, 0);
    case 'VMCLEAR':
    case 'VMPTRLD':
    case 'VMPTRST':
    case 'VMXON':
      return operandInformation(cpu, 0);
    default:
      return 0;
  }
}

/** The exit qualification of a VMX instruction: the displacement of its memory operand (SDM 3C 28.2.1). */
export function vmxInstructionQualification(cpu: InstructionContext): bigint {
  const memory = cpu.instruction.operands.some((operand) => operand.kind === 'memory');
  return memory ? cpu.displacement() : 0n;
}
