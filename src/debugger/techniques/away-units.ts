import type { CpuState } from '../../processor/state/cpu-state';
import { Units } from '../../processor/state/layout';
import type { UnitOwner } from '../registers/unit-registers';

/** Where the units' registers lie while another guest has the processor; nothing derives from them there. */
export const awayUnits = (state: CpuState): UnitOwner => ({
  state,
  updateDerivedState: () => undefined,
  mmu: {
    setPkru: (value) => {
      state.setSlot(Units.PKRU, value);
    },
  },
});
