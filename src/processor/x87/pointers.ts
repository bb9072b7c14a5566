import { MemorySize } from 'iced-x86';
import type { InstructionContext } from '../execution/instruction-context';
import { CS, SEGMENT_SIZE, State, Units } from '../state/layout';

/**
 * FIP, FCS and FOP tell of the last instruction that was none of control, FDP and FDS of its memory
 * operand (SDM 1 8.1.8, 8.1.9). This processor updates all of them with each such instruction, also the
 * selectors, and also in 64-bit mode; without a memory operand FDP and FDS stay.
 */
export function notePointers(cpu: InstructionContext): void {
  const { state, instruction } = cpu;
  state.setSlot(Units.X87_INSTRUCTION, state.rip);
  state.setSlot(Units.X87_CODE_SEGMENT, BigInt(state.selector(CS)));
  state.setSlot(Units.X87_OPCODE, BigInt(instruction.x87Opcode));
  if (instruction.memorySize === MemorySize.Unknown) return;
  const segment = (cpu.operandSegment() - State.SEGMENTS) / SEGMENT_SIZE;
  state.setSlot(Units.X87_DATA, cpu.effectiveAddress());
  state.setSlot(Units.X87_DATA_SEGMENT, BigInt(state.selector(segment)));
}
