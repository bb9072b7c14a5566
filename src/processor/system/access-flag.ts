import { WideRflags } from '../../isa/registers/flags';
import { undefinedOpcode } from '../faults';
import { lowerRingOnly } from '../reasons/instructions';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';

/** CLAC and STAC: whether SMAP lets the kernel touch user pages (SDM 2A CLAC, 2B STAC). */

function requireRing0(cpu: InstructionContext): void {
  const { cpl, virtual8086 } = cpu.state;
  if (cpl > 0 || virtual8086) throw undefinedOpcode(lowerRingOnly(cpl));
}

export const clearAccessFlag: SlowPath = (cpu) => {
  requireRing0(cpu);
  cpu.state.systemFlags &= ~WideRflags.AC;
  return 'continue';
};

export const setAccessFlag: SlowPath = (cpu) => {
  requireRing0(cpu);
  cpu.state.systemFlags |= WideRflags.AC;
  return 'continue';
};
