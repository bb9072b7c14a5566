import { derived, estimated, type CostProfile } from './profile';
import { SOFTWARE_STEPS, VMSAVE_ELSEWHERE } from './software-steps';

/** 1,300 cycles for a hypercall through KVM, of which the transitions are nearly all. */
const ROUND_TRIP =
  'a hypercall takes 1300 cycles; Dall et al., ARM Virtualization: Performance and Architectural Implications, ISCA 2016, on a Xeon E5-2450';
const NO_FIGURE = 'no figure is published for it; of the order of what surrounds it';

/** A processor with EPT and VPID: what the debugger reckons with. */
export const SANDY_BRIDGE: CostProfile = {
  name: 'sandy-bridge',
  title: 'Sandy Bridge',
  figures: {
    ...SOFTWARE_STEPS,
    HOST_TIMER: estimated(300, 'as a port access, though mostly the timer is right already'),
    INSTRUCTION: estimated(1, 'an instruction a cycle'),
    TLB_MISS: estimated(10, NO_FIGURE),
    WALK_REFERENCE: estimated(12, 'an entry in the second-level cache'),
    EXCEPTION: estimated(200, NO_FIGURE),
    INTERRUPT: estimated(200, NO_FIGURE),
    INTERRUPT_RETURN: estimated(150, NO_FIGURE),
    SYSTEM_CALL: estimated(40, NO_FIGURE),
    SYSTEM_RETURN: estimated(40, NO_FIGURE),
    FAR_TRANSFER: estimated(40, NO_FIGURE),
    CR_READ: estimated(10, NO_FIGURE),
    CR_WRITE: estimated(100, NO_FIGURE),
    CR8_WRITE: estimated(50, NO_FIGURE),
    TABLE: estimated(100, NO_FIGURE),
    MSR: estimated(100, NO_FIGURE),
    CPUID: estimated(100, NO_FIGURE),
    RDTSC: estimated(20, NO_FIGURE),
    INVLPG: estimated(100, NO_FIGURE),
    PORT: estimated(300, NO_FIGURE),
    VM_EXIT: derived(700, `the larger part of the way there and back: ${ROUND_TRIP}`),
    VM_ENTRY: derived(600, `the rest of the way there and back: ${ROUND_TRIP}`),
    VMREAD: estimated(40, 'as on a Core 2 Duo or less'),
    VMWRITE: estimated(40, 'as on a Core 2 Duo or less'),
    VMPTRLD: estimated(150, NO_FIGURE),
    VMCLEAR: estimated(150, NO_FIGURE),
    VMXON: estimated(300, NO_FIGURE),
    INVEPT: estimated(500, NO_FIGURE),
    VMSAVE: VMSAVE_ELSEWHERE,
  },
};
