import { masksOf, table } from '../../bits';
import { control } from './control';

/** Secondary processor-based VM-execution controls (SDM 3C table 25-7). */
export const SECONDARY_CONTROLS = table('Secondary processor-based controls', 'SDM 3C 25.6.2', [
  control(
    'VIRTUALIZE_APIC_ACCESSES',
    0,
    'Virtualize APIC accesses',
    'Accesses to the page at the APIC-access address are treated specially.',
  ),
  control(
    'ENABLE_EPT',
    1,
    'Enable EPT',
    'Guest-physical addresses are translated by extended page tables.',
  ),
  control(
    'DESCRIPTOR_TABLE_EXITING',
    2,
    'Descriptor-table exiting',
    'LGDT, LIDT, LLDT, LTR, SGDT, SIDT, SLDT and STR cause VM exits.',
  ),
  control(
    'ENABLE_RDTSCP',
    3,
    'Enable RDTSCP',
    'Without it, RDTSCP and RDPID raise #UD in the guest.',
  ),
  control(
    'VIRTUALIZE_X2APIC_MODE',
    4,
    'Virtualize x2APIC mode',
    'RDMSR and WRMSR of APIC registers are treated specially.',
  ),
  control(
    'ENABLE_VPID',
    5,
    'Enable VPID',
    'TLB entries are tagged with a virtual-processor identifier and survive entries and exits.',
  ),
  control('WBINVD_EXITING', 6, 'WBINVD exiting', 'WBINVD and WBNOINVD cause VM exits.'),
  control(
    'UNRESTRICTED_GUEST',
    7,
    'Unrestricted guest',
    'The guest may run in real mode and without paging (needs EPT).',
  ),
  control(
    'APIC_REGISTER_VIRTUALIZATION',
    8,
    'APIC-register virtualization',
    'Reads of most APIC registers are answered from the virtual-APIC page.',
  ),
  control(
    'VIRTUAL_INTERRUPT_DELIVERY',
    9,
    'Virtual-interrupt delivery',
    'The processor itself evaluates and delivers pending virtual interrupts.',
  ),
  control(
    'PAUSE_LOOP_EXITING',
    10,
    'PAUSE-loop exiting',
    'A loop of PAUSE instructions in ring 0 that lasts too long causes a VM exit.',
  ),
  control('RDRAND_EXITING', 11, 'RDRAND exiting', 'RDRAND causes VM exits.'),
  control('ENABLE_INVPCID', 12, 'Enable INVPCID', 'Without it, INVPCID raises #UD in the guest.'),
  control('ENABLE_VM_FUNCTIONS', 13, 'Enable VM functions', 'VMFUNC is allowed in the guest.'),
  control(
    'VMCS_SHADOWING',
    14,
    'VMCS shadowing',
    'VMREAD and VMWRITE in the guest may access a shadow VMCS without a VM exit.',
  ),
  control('ENABLE_ENCLS_EXITING', 15, 'Enable ENCLS exiting', 'ENCLS may cause VM exits.'),
  control('RDSEED_EXITING', 16, 'RDSEED exiting', 'RDSEED causes VM exits.'),
  control(
    'ENABLE_PML',
    17,
    'Enable PML',
    'Page-modification logging: the addresses of pages that become dirty are logged.',
  ),
  control(
    'EPT_VIOLATION_VE',
    18,
    'EPT-violation #VE',
    'EPT violations may be delivered to the guest as virtualization exceptions.',
  ),
  control(
    'CONCEAL_VMX_FROM_PT',
    19,
    'Conceal VMX from PT',
    'Intel Processor Trace does not show that the processor is in VMX operation.',
  ),
  control(
    'ENABLE_XSAVES',
    20,
    'Enable XSAVES/XRSTORS',
    'Without it, XSAVES and XRSTORS raise #UD in the guest.',
  ),
  control(
    'PASID_TRANSLATION',
    21,
    'PASID translation',
    'ENQCMD and ENQCMDS translate the guest PASID.',
  ),
  control(
    'MODE_BASED_EXECUTE_CONTROL',
    22,
    'Mode-based execute control for EPT',
    'EPT has separate execute permissions for user and supervisor linear addresses.',
  ),
  control(
    'SUB_PAGE_WRITE_PERMISSIONS',
    23,
    'Sub-page write permissions for EPT',
    'EPT write permissions can be given per 128 bytes.',
  ),
  control(
    'PT_USES_GUEST_PHYSICAL',
    24,
    'Intel PT uses guest physical addresses',
    'Output addresses of Intel Processor Trace are translated by EPT.',
  ),
  control(
    'USE_TSC_SCALING',
    25,
    'Use TSC scaling',
    'What the guest reads from the time-stamp counter is multiplied.',
  ),
  control(
    'ENABLE_USER_WAIT_AND_PAUSE',
    26,
    'Enable user wait and pause',
    'Without it, TPAUSE, UMONITOR and UMWAIT raise #UD in the guest.',
  ),
  control('ENABLE_PCONFIG', 27, 'Enable PCONFIG', 'Without it, PCONFIG raises #UD in the guest.'),
  control('ENABLE_ENCLV_EXITING', 28, 'Enable ENCLV exiting', 'ENCLV may cause VM exits.'),
  control(
    'VMM_BUS_LOCK_DETECTION',
    30,
    'VMM bus-lock detection',
    'Bus locks in the guest cause VM exits.',
  ),
  control(
    'INSTRUCTION_TIMEOUT',
    31,
    'Instruction timeout',
    'An instruction that blocks events for too long causes a VM exit.',
  ),
]);
export const SecondaryControl = masksOf(SECONDARY_CONTROLS);
