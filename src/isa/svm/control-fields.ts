import { bit, masksOf, named, range, table, wideMasksOf } from '../bits';
import { control } from './field';
import {
  CR_READS,
  CR_WRITES,
  DR_READS,
  DR_WRITES,
  EVENT,
  EXCEPTION_VECTORS,
  VECTOR_3,
  VECTOR_4,
  VECTOR_5,
} from './intercepts';

/** Interrupt control at 060h, bits 31:0 (APM 2 15.21). */
const INTERRUPT_CONTROL = table('Virtual-interrupt control', 'APM 2 15.21', [
  range('V_TPR', 7, 0, 'The guest’s task priority.'),
  bit('V_IRQ', 8, 'A virtual interrupt is pending.'),
  bit('VGIF', 9, 'The guest’s global interrupt flag.'),
  bit('V_NMI', 11, 'A virtual NMI is pending.'),
  bit('V_NMI_MASK', 12, 'Virtual NMIs are masked.'),
  range('V_INTR_PRIO', 19, 16, 'Priority of the virtual interrupt.'),
  bit('V_IGN_TPR', 20, 'The virtual interrupt ignores the task priority.'),
  bit('V_INTR_MASKING', 24, 'The guest’s RFLAGS.IF masks virtual interrupts alone.'),
  bit('AMD_VIRTUAL_GIF', 25, 'STGI and CLGI change the guest’s own flag.'),
  bit('V_NMI_ENABLE', 26, 'NMIs are virtualized.'),
  bit('X2AVIC', 30, 'AVIC works in x2APIC mode.'),
  bit('AVIC', 31, 'The advanced virtual interrupt controller is enabled.'),
]);
export const VirtualInterrupt = masksOf(INTERRUPT_CONTROL);
/** Position of V_INTR_PRIO. */
export const VIRTUAL_PRIORITY_SHIFT = 16;

const INTERRUPT_SHADOW = table('Interrupt shadow', 'APM 2 15.21.5', [
  bit('INTERRUPT_SHADOW', 0, 'The guest is in an interrupt shadow.'),
  bit('GUEST_INTERRUPT_MASK', 1, 'RFLAGS.IF of an SEV-ES guest.'),
]);
export const InterruptShadow = wideMasksOf(INTERRUPT_SHADOW);

const NESTED_CONTROL = table('Nested control', 'APM 2 15.25.3', [
  bit('NP_ENABLE', 0, 'Nested paging is enabled.'),
  bit('SEV', 1, 'The guest’s memory is encrypted.'),
  bit('SEV_ES', 2, 'The guest’s registers are encrypted, too.'),
  bit('GMET', 3, 'Guest mode execute trap.'),
  bit('SSS_CHECK', 4, 'Supervisor shadow stacks are checked in nested tables.'),
  bit('VTE', 5, 'Virtual transparent encryption.'),
  bit('RO_GPT', 6, 'Guest page tables may lie in read-only memory.'),
  bit('INVLPGB_TLBSYNC', 7, 'The guest may use INVLPGB and TLBSYNC.'),
]);
export const NestedControl = wideMasksOf(NESTED_CONTROL);

const VIRTUALIZATION_EXTENSIONS = table('Virtualization extensions', 'APM 2 15.33', [
  bit('LBR', 0, 'Branch records are virtualized.'),
  bit('VMSAVE_VMLOAD', 1, 'VMSAVE and VMLOAD are virtualized.'),
  bit('IBS', 2, 'Instruction-based sampling is virtualized.'),
  bit('PMC', 3, 'Performance counters are virtualized.'),
]);
export const VirtualizationExtensions = wideMasksOf(VIRTUALIZATION_EXTENSIONS);

const TLB_CONTROL = table('TLB control', 'APM 2 15.16.2', [
  range('COMMAND', 7, 0, 'What VMRUN does to the TLB.', {
    0: 'nothing',
    1: 'flush all of it',
    3: 'flush the entries of this guest',
    7: 'flush the entries of this guest that are not global',
  }),
]);

const CLEAN_BITS = table('VMCB clean bits', 'APM 2 15.15.3', [
  ...['I', 'IOPM', 'ASID', 'TPR', 'NP', 'CRx', 'DRx', 'DT', 'SEG', 'CR2', 'LBR', 'AVIC', 'CET'].map(
    (name, n) => named(name, bit(name, n, 'The processor may take it from its cache.')),
  ),
]);

/** What the field TLB_CONTROL may ask for (APM 2 15.16.2, table 15-9). */
export const TlbControl = {
  NOTHING: 0,
  FLUSH_ALL: 1,
  FLUSH_GUEST: 3,
  FLUSH_GUEST_NON_GLOBAL: 7,
} as const;

/** Up to 15 bytes of the guest's instruction, behind BYTES_FETCHED (APM 2 15.8.4). */
export const INSTRUCTION_BYTES = 0x0d1;

/** The control area of a VMCB (APM 2 table B-1). */
export const CONTROL_FIELDS = [
  control('INTERCEPT_CR_READ', 0x000, 16, 'Intercept reads of CR0-15', CR_READS),
  control('INTERCEPT_CR_WRITE', 0x002, 16, 'Intercept writes of CR0-15', CR_WRITES),
  control('INTERCEPT_DR_READ', 0x004, 16, 'Intercept reads of DR0-15', DR_READS),
  control('INTERCEPT_DR_WRITE', 0x006, 16, 'Intercept writes of DR0-15', DR_WRITES),
  control('INTERCEPT_EXCEPTION', 0x008, 32, 'Intercept exceptions', EXCEPTION_VECTORS),
  control('INTERCEPT_VECTOR_3', 0x00c, 32, 'Intercept vector 3', VECTOR_3),
  control('INTERCEPT_VECTOR_4', 0x010, 32, 'Intercept vector 4', VECTOR_4),
  control('INTERCEPT_VECTOR_5', 0x014, 32, 'Intercept vector 5', VECTOR_5),
  control('PAUSE_FILTER_THRESHOLD', 0x03c, 16, 'PAUSE filter threshold'),
  control('PAUSE_FILTER_COUNT', 0x03e, 16, 'PAUSE filter count'),
  control('IOPM_BASE_PA', 0x040, 64, 'Physical base address of the I/O permissions map'),
  control('MSRPM_BASE_PA', 0x048, 64, 'Physical base address of the MSR permissions map'),
  control('TSC_OFFSET', 0x050, 64, 'TSC offset'),
  control('GUEST_ASID', 0x058, 32, 'Guest ASID'),
  control('TLB_CONTROL', 0x05c, 8, 'TLB control', TLB_CONTROL),
  control('VIRTUAL_INTERRUPT', 0x060, 32, 'Virtual-interrupt control', INTERRUPT_CONTROL),
  control('V_INTR_VECTOR', 0x064, 32, 'Vector of the virtual interrupt'),
  control('INTERRUPT_SHADOW', 0x068, 64, 'Interrupt shadow', INTERRUPT_SHADOW),
  control('EXITCODE', 0x070, 64, 'Exit code'),
  control('EXITINFO1', 0x078, 64, 'Exit information 1'),
  control('EXITINFO2', 0x080, 64, 'Exit information 2'),
  control('EXITINTINFO', 0x088, 32, 'Exit interrupt information', EVENT),
  control('EXITINTINFO_ERROR_CODE', 0x08c, 32, 'Error code of the exit interrupt information'),
  control('NESTED_CONTROL', 0x090, 64, 'Nested paging and encryption', NESTED_CONTROL),
  control('AVIC_APIC_BAR', 0x098, 64, 'AVIC APIC base address'),
  control('GHCB_GPA', 0x0a0, 64, 'Guest-physical address of the GHCB'),
  control('EVENTINJ', 0x0a8, 32, 'Event to inject', EVENT),
  control('EVENTINJ_ERROR_CODE', 0x0ac, 32, 'Error code of the event to inject'),
  control('N_CR3', 0x0b0, 64, 'CR3 of nested paging'),
  control(
    'VIRTUALIZATION_EXTENSIONS',
    0x0b8,
    64,
    'LBR virtualization and its kin',
    VIRTUALIZATION_EXTENSIONS,
  ),
  control('VMCB_CLEAN', 0x0c0, 32, 'VMCB clean bits', CLEAN_BITS),
  control('NRIP', 0x0c8, 64, 'Next sequential instruction pointer'),
  control('BYTES_FETCHED', 0x0d0, 8, 'Number of guest instruction bytes fetched'),
  control('AVIC_BACKING_PAGE', 0x0e0, 64, 'AVIC backing page'),
  control('AVIC_LOGICAL_TABLE', 0x0f0, 64, 'AVIC logical table'),
  control('AVIC_PHYSICAL_TABLE', 0x0f8, 64, 'AVIC physical table and its last index'),
  control('VMSA_PA', 0x108, 64, 'Physical address of the VMSA'),
  control('VMGEXIT_RAX', 0x110, 64, 'RAX at VMGEXIT'),
  control('VMGEXIT_CPL', 0x118, 8, 'CPL at VMGEXIT'),
  control('BUS_LOCK_THRESHOLD', 0x120, 16, 'Bus-lock threshold counter'),
  control('UPDATE_IRR', 0x134, 32, 'Bit 0: the requested interrupts are to be taken over'),
  control('ALLOWED_SEV_FEATURES', 0x138, 64, 'Allowed SEV features'),
  control('GUEST_SEV_FEATURES', 0x140, 64, 'SEV features of the guest'),
  control('REQUESTED_IRR_0', 0x150, 64, 'Requested interrupts 0 to 63'),
  control('REQUESTED_IRR_1', 0x158, 64, 'Requested interrupts 64 to 127'),
  control('REQUESTED_IRR_2', 0x160, 64, 'Requested interrupts 128 to 191'),
  control('REQUESTED_IRR_3', 0x168, 64, 'Requested interrupts 192 to 255'),
] as const;
