import { derived, estimated, published, type CostProfile, type Figure } from './profile';
import { SOFTWARE_STEPS, TIMER_IS_RIGHT, VMSAVE_ELSEWHERE } from './software-steps';

const PAPER =
  'Adams and Agesen, A Comparison of Software and Hardware Techniques for x86 Virtualization, ASPLOS 2006';
const NANO = `${PAPER}: nano-benchmarks, native`;
const MICRO = `${PAPER}: the costs of VT-x on a Pentium 4 672 (3.8 GHz)`;

const half = (pair: number, what: string): Figure =>
  derived(pair / 2, `half of ${what} there and back, ${String(pair)}; ${NANO}`);
const serializing = (cycles: number): Figure =>
  estimated(cycles, 'no figure is published; as a serializing write to a control register');

/** The first processor with VT-x. */
export const PENTIUM_4: CostProfile = {
  name: 'pentium-4',
  title: 'Pentium 4',
  figures: {
    ...SOFTWARE_STEPS,
    HOST_TIMER: TIMER_IS_RIGHT,
    INSTRUCTION: published(1, `the store that edits a page-table entry; ${NANO}`),
    TLB_MISS: derived(
      124,
      `a page fault (1093) less a division by zero (889) and four references; ${NANO}`,
    ),
    WALK_REFERENCE: estimated(20, 'an entry in the second-level cache'),
    EXCEPTION: half(889, 'a division by zero'),
    INTERRUPT: half(889, 'a division by zero'),
    INTERRUPT_RETURN: half(889, 'a division by zero'),
    SYSTEM_CALL: half(242, 'a system call'),
    SYSTEM_RETURN: half(242, 'a system call'),
    FAR_TRANSFER: estimated(120, 'no figure is published; as half a system call'),
    CR_READ: estimated(20, 'no figure is published'),
    CR_WRITE: serializing(150),
    CR8_WRITE: published(150, NANO),
    TABLE: serializing(150),
    MSR: serializing(150),
    CPUID: serializing(150),
    RDTSC: estimated(80, 'no figure is published'),
    INVLPG: serializing(150),
    PORT: published(3209, `IN from a register of the chip set; ${NANO}`),
    VM_EXIT: published(1931, `the VM exit of a page fault; ${MICRO}`),
    VM_ENTRY: published(2409, MICRO),
    VMREAD: published(178, MICRO),
    VMWRITE: published(171, MICRO),
    VMPTRLD: estimated(400, 'no figure is published; a few VMCS accesses'),
    VMCLEAR: estimated(400, 'no figure is published; a few VMCS accesses'),
    VMXON: estimated(800, 'no figure is published; a few VMCS accesses'),
    INVEPT: estimated(500, 'this processor has no EPT'),
    VMSAVE: VMSAVE_ELSEWHERE,
  },
};
