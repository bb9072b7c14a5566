import { IOPL_SHIFT, WideRflags } from '../../isa/registers/flags';
import { generalProtection } from '../faults';
import { needsIopl } from '../reasons/privilege';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';

/** CLI and STI: allowed with CPL ≤ IOPL (SDM 2A CLI; VME and PVI extensions are not there). */
function requireIopl(cpu: InstructionContext): void {
  const { state } = cpu;
  const iopl = Number((state.systemFlags & WideRflags.IOPL) >> IOPL_SHIFT);
  if (state.protectedMode && state.cpl > iopl) {
    throw generalProtection(needsIopl(state.cpl, iopl));
  }
}

export const clearInterruptFlag: SlowPath = (cpu) => {
  requireIopl(cpu);
  cpu.state.systemFlags &= ~WideRflags.IF;
  return 'continue';
};

export const setInterruptFlag: SlowPath = (cpu) => {
  requireIopl(cpu);
  const { state } = cpu;
  if (!(state.systemFlags & WideRflags.IF)) state.interruptShadow = 'sti';
  state.systemFlags |= WideRflags.IF;
  return undefined;
};
