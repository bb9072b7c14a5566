import {
  DESTINATION_INFO,
  GDTR_IDTR_INFO,
  MEMORY_OPERAND_INFO,
  VMREAD_VMWRITE_INFO,
} from '../../isa/vmx/instruction-information';
import { fieldsOf, place } from '../../isa/bits';
import type { DescriptorTableInstruction, VmxInstruction } from '../guest-mode/guest-mode';
import type { InstructionContext } from '../execution/instruction-context';
import { Rec, State, segmentSlot } from '../state/layout';

/** The VM-exit instruction-information field (SDM 3C 28.2.5), from the instruction being executed. */

const { SCALING, ADDRESS_SIZE, SEGMENT, INDEX, INDEX_INVALID, BASE, BASE_INVALID } =
  fieldsOf(MEMORY_OPERAND_INFO);
const { REG1, REG2, REGISTER } = fieldsOf(VMREAD_VMWRITE_INFO);
const { REG1: DESTINATION, OPERAND_SIZE } = fieldsOf(DESTINATION_INFO);
const { OPERAND_32, IDENTITY } = fieldsOf(GDTR_IDTR_INFO);

const gprNumber = (slot: number): number => (slot - State.GPR) >> 3;

/** Scaling, address size, segment, index and base of the memory operand, or which register it is. */
export function operandInformation(cpu: InstructionContext, index: number): number {
  const operand = cpu.instruction.operands[index];
  if (operand?.kind === 'register')
    return place(REGISTER, 1) | place(REG1, gprNumber(operand.slot));
  return memoryInformation(cpu);
}

/** Address size and segment of a string instruction's memory operand. */
export function addressInformation(cpu: InstructionContext): number {
  const { view } = cpu.physical;
  const mask = view.getBigUint64(cpu.instruction.record + Rec.ADDRESS_MASK, true);
  const size = mask === 0xffffn ? 0 : mask === 0xffffffffn ? 1 : 2;
  const segment = (cpu.operandSegment() - segmentSlot(0)) >> 6;
  return place(ADDRESS_SIZE, size) | place(SEGMENT, segment);
}

function memoryInformation(cpu: InstructionContext): number {
  const { view } = cpu.physical;
  const { record } = cpu.instruction;
  const base = view.getUint16(record + Rec.BASE, true);
  const index = view.getUint16(record + Rec.INDEX, true);
  const isGpr = (slot: number): boolean => slot >= State.GPR && slot < State.ZERO;
  return (
    place(SCALING, view.getUint8(record + Rec.SCALE)) |
    addressInformation(cpu) |
    (isGpr(index) ? place(INDEX, gprNumber(index)) : place(INDEX_INVALID, 1)) |
    (isGpr(base) ? place(BASE, gprNumber(base)) : place(BASE_INVALID, 1))
  );
}

/** A register operand as Reg2. */
export function secondRegister(cpu: InstructionContext, index: number): number {
  const operand = cpu.instruction.operands[index];
  return operand?.kind === 'register' ? place(REG2, gprNumber(operand.slot)) : 0;
}

/** The destination of RDRAND or RDSEED. */
export function destinationInformation(cpu: InstructionContext): number {
  const operand = cpu.instruction.operands[0];
  if (operand?.kind !== 'register') return 0;
  const size = Math.log2(operand.bytes) - 1;
  return place(DESTINATION, gprNumber(operand.slot)) | place(OPERAND_SIZE, size);
}

const IDENTITIES: Readonly<Record<DescriptorTableInstruction, number>> = {
  SGDT: 0,
  SIDT: 1,
  LGDT: 2,
  LIDT: 3,
  SLDT: 0,
  STR: 1,
  LLDT: 2,
  LTR: 3,
};

/** Information of an instruction that accesses GDTR, IDTR, LDTR or TR. */
export function descriptorTableInformation(
  cpu: InstructionContext,
  instruction: DescriptorTableInstruction,
): number {
  const wide = cpu.instruction.operandSize === 2 ? 0 : place(OPERAND_32, 1);
  return operandInformation(cpu, 0) | wide | place(IDENTITY, IDENTITIES[instruction]);
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

/** The exit qualification of a VMX instruction: the displacement of its memory operand, with RIP where it is relative to that (SDM 3C 28.2.1). */
export function vmxInstructionQualification(cpu: InstructionContext): bigint {
  const memory = cpu.instruction.operands.some((operand) => operand.kind === 'memory');
  return memory ? cpu.displacement() : 0n;
}
