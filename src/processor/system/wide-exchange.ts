import { Rflags } from '../../isa/registers/flags';
import { generalProtection } from '../faults';
import { operandMisaligned } from '../reasons/memory';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';

/** CMPXCHG8B and CMPXCHG16B (SDM 2A). */

function compareExchange(half: 4 | 8): SlowPath {
  return (cpu: InstructionContext) => {
    const { state } = cpu;
    const bits = BigInt(half * 8);
    const mask = (1n << bits) - 1n;
    const segment = cpu.operandSegment();
    const at = cpu.effectiveAddress();
    if (half === 8 && cpu.linearOperand() & 0xfn) {
      throw generalProtection(operandMisaligned(cpu.linearOperand(), 16));
    }
    const low = cpu.load(segment, at, half);
    const high = cpu.load(segment, at + BigInt(half), half);
    const equal = low === (state.gpr(0) & mask) && high === (state.gpr(2) & mask);
    // A write happens either way, so that both halves fault alike.
    cpu.store(segment, at + BigInt(half), half, equal ? state.gpr(1) & mask : high);
    cpu.store(segment, at, half, equal ? state.gpr(3) & mask : low);
    if (!equal) {
      state.setGpr(0, low);
      state.setGpr(2, high);
    }
    state.rflags = equal ? state.rflags | BigInt(Rflags.ZF) : state.rflags & ~BigInt(Rflags.ZF);
    return 'continue';
  };
}
export const compareExchange8Bytes = compareExchange(4);
export const compareExchange16Bytes = compareExchange(8);

/** LDS, LES, LSS, LFS, LGS: a far pointer into a segment register and a general one (SDM 2A). */
export function loadFarPointer(
  load: (cpu: InstructionContext, selector: number) => void,
): SlowPath {
  return (cpu) => {
    const bytes = cpu.instruction.operandSize;
    const segment = cpu.operandSegment();
    const at = cpu.effectiveAddress();
    const offset = cpu.load(segment, at, bytes);
    load(cpu, Number(cpu.load(segment, at + BigInt(bytes), 2)));
    cpu.writeOperand(0, bytes, offset);
    return undefined;
  };
}
