import type { InstructionContext } from '../execution/instruction-context';

/** Operands of VMREAD and VMWRITE: as wide as the code's general registers (SDM 3C 31.3). */
export const fieldBytes = (cpu: InstructionContext): 4 | 8 => (cpu.state.codeBits === 64 ? 8 : 4);

/** The encoding in an operand; undefined where bits beyond 31 are set, which name no field. */
export function encodingOperand(cpu: InstructionContext, index: number): number | undefined {
  const raw = Number(cpu.readOperand(index, fieldBytes(cpu)));
  return raw > 0xffffffff ? undefined : raw;
}
