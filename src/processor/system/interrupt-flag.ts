import { WideRflags } from '../../isa/registers/flags';
import type { SlowPath } from '../semantics/slow-path';
import type { CpuState } from '../state/cpu-state';
import { ioplOf, requireVirtualIf, setVirtualIf } from './virtual-interrupts';

/** CLI and STI: with CPL ≤ IOPL they change IF, otherwise VIF where the program has one (SDM 2A CLI, 2B STI). */

const mayChangeIf = (state: CpuState): boolean =>
  !state.protectedMode || state.cpl <= ioplOf(state);

export const clearInterruptFlag: SlowPath = ({ state }) => {
  if (mayChangeIf(state)) {
    state.systemFlags &= ~WideRflags.IF;
  } else {
    requireVirtualIf(state);
    state.systemFlags &= ~WideRflags.VIF;
  }
  return 'continue';
};

export const setInterruptFlag: SlowPath = ({ state }) => {
  if (!mayChangeIf(state)) {
    requireVirtualIf(state);
    setVirtualIf(state);
    return 'continue';
  }
  if (!(state.systemFlags & WideRflags.IF)) state.interruptShadow = 'sti';
  state.systemFlags |= WideRflags.IF;
  return undefined;
};
