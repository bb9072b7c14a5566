import { ApicBase } from '../isa/registers/msr-fields';
import { Msr } from '../isa/registers/msr';
import type { CpuState } from '../processor/state/cpu-state';
import type { Surroundings } from './platform';

/** What of a processor belongs to its local APIC: CR8 is its task priority, an MSR turns it on, its timer may count by the TSC. */
export const apicOf = (state: () => CpuState): Surroundings['processor'] => ({
  get taskPriority() {
    return Number(state().cr8);
  },
  set taskPriority(value) {
    state().cr8 = BigInt(value);
  },
  get apicEnabled() {
    return (state().msr(Msr.APIC_BASE) & ApicBase.EN) !== 0n;
  },
  get x2apic() {
    return (state().msr(Msr.APIC_BASE) & ApicBase.EXTD) !== 0n;
  },
  get timeStampOffset() {
    return state().msr(Msr.TSC);
  },
});
