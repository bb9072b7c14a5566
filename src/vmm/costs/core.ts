import { derived, estimated, published, type CostProfile, type Figure } from './profile';
import { PENTIUM_4 } from './pentium-4';
import { SOFTWARE_STEPS, TIMER_IS_RIGHT, VMSAVE_ELSEWHERE } from './software-steps';

const MICRO =
  'Adams and Agesen, A Comparison of Software and Hardware Techniques for x86 Virtualization, ASPLOS 2006: the costs of VT-x on a Core 2 Duo (2.66 GHz)';
const ENTRY = 937;
const EXIT = 1186;

const { figures: older } = PENTIUM_4;
const ratio = (ENTRY + EXIT) / (older.VM_ENTRY.cycles + older.VM_EXIT.cycles);

/** What microcode does takes as much less time as a VM exit with the entry after it. */
const scaled = ({ cycles }: Figure): Figure =>
  derived(
    Math.round(cycles * ratio),
    'as on a Pentium 4, in the proportion of a VM exit and entry: 2123 to 4340',
  );

/** The processor after that, whose transitions take half as long. */
export const CORE: CostProfile = {
  name: 'core',
  title: 'Core 2 Duo',
  figures: {
    ...SOFTWARE_STEPS,
    HOST_TIMER: TIMER_IS_RIGHT,
    INSTRUCTION: older.INSTRUCTION,
    TLB_MISS: scaled(older.TLB_MISS),
    WALK_REFERENCE: estimated(14, 'an entry in the second-level cache'),
    EXCEPTION: scaled(older.EXCEPTION),
    INTERRUPT: scaled(older.INTERRUPT),
    INTERRUPT_RETURN: scaled(older.INTERRUPT_RETURN),
    SYSTEM_CALL: scaled(older.SYSTEM_CALL),
    SYSTEM_RETURN: scaled(older.SYSTEM_RETURN),
    FAR_TRANSFER: scaled(older.FAR_TRANSFER),
    CR_READ: scaled(older.CR_READ),
    CR_WRITE: scaled(older.CR_WRITE),
    CR8_WRITE: scaled(older.CR8_WRITE),
    TABLE: scaled(older.TABLE),
    MSR: scaled(older.MSR),
    CPUID: scaled(older.CPUID),
    RDTSC: scaled(older.RDTSC),
    INVLPG: scaled(older.INVLPG),
    PORT: derived(2246, 'the time of 3209 cycles at 3.8 GHz, in cycles of 2.66 GHz'),
    VM_EXIT: published(EXIT, `the VM exit of a page fault; ${MICRO}`),
    VM_ENTRY: published(ENTRY, MICRO),
    VMREAD: published(52, MICRO),
    VMWRITE: published(44, MICRO),
    VMPTRLD: scaled(older.VMPTRLD),
    VMCLEAR: scaled(older.VMCLEAR),
    VMXON: scaled(older.VMXON),
    INVEPT: estimated(500, 'this processor has no EPT'),
    VMSAVE: VMSAVE_ELSEWHERE,
  },
};
