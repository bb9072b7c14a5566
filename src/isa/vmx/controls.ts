import { bit, masksOf, named, table, wideMasksOf, type BitField } from '../bits';
import { EXCEPTIONS } from '../exceptions';

/**
 * The VMX controls bit by bit (SDM 3C 25.6 to 25.8), named as in the manual; the constants spell the
 * same names as identifiers. A control reads "what happens when it is 1".
 */
function control<const Id extends string>(
  id: Id,
  low: number,
  name: string,
  gloss: string,
): BitField<Id> {
  return named(name, bit(id, low, gloss));
}

/** Pin-based VM-execution controls (SDM 3C table 25-5). */
export const PIN_BASED_CONTROLS = table('Pin-based controls', 'SDM 3C 25.6.1', [
  control(
    'EXTERNAL_INTERRUPT_EXITING',
    0,
    'External-interrupt exiting',
    'External interrupts cause VM exits instead of going through the guest IDT.',
  ),
  control('NMI_EXITING', 3, 'NMI exiting', 'Non-maskable interrupts cause VM exits.'),
  control(
    'VIRTUAL_NMIS',
    5,
    'Virtual NMIs',
    'The guest has its own NMI blocking, kept in the interruptibility state.',
  ),
  control(
    'ACTIVATE_PREEMPTION_TIMER',
    6,
    'Activate VMX-preemption timer',
    'A timer counts down in the guest and causes a VM exit at zero.',
  ),
  control(
    'PROCESS_POSTED_INTERRUPTS',
    7,
    'Process posted interrupts',
    'Interrupts with the notification vector deliver posted virtual interrupts without a VM exit.',
  ),
]);
export const PinBasedControl = masksOf(PIN_BASED_CONTROLS);

/** Primary processor-based VM-execution controls (SDM 3C table 25-6). */
export const PRIMARY_CONTROLS = table('Primary processor-based controls', 'SDM 3C 25.6.2', [
  control(
    'INTERRUPT_WINDOW_EXITING',
    2,
    'Interrupt-window exiting',
    'A VM exit as soon as the guest can take an interrupt (RFLAGS.IF = 1 and nothing blocks it).',
  ),
  control(
    'USE_TSC_OFFSETTING',
    3,
    'Use TSC offsetting',
    'The TSC offset is added to what the guest reads from the time-stamp counter.',
  ),
  control('HLT_EXITING', 7, 'HLT exiting', 'HLT causes VM exits.'),
  control('INVLPG_EXITING', 9, 'INVLPG exiting', 'INVLPG causes VM exits.'),
  control('MWAIT_EXITING', 10, 'MWAIT exiting', 'MWAIT causes VM exits.'),
  control('RDPMC_EXITING', 11, 'RDPMC exiting', 'RDPMC causes VM exits.'),
  control('RDTSC_EXITING', 12, 'RDTSC exiting', 'RDTSC and RDTSCP cause VM exits.'),
  control(
    'CR3_LOAD_EXITING',
    15,
    'CR3-load exiting',
    'MOV to CR3 causes VM exits, except with a CR3-target value.',
  ),
  control('CR3_STORE_EXITING', 16, 'CR3-store exiting', 'MOV from CR3 causes VM exits.'),
  control(
    'ACTIVATE_TERTIARY_CONTROLS',
    17,
    'Activate tertiary controls',
    'The tertiary processor-based controls are used; without it they count as all 0.',
  ),
  control('CR8_LOAD_EXITING', 19, 'CR8-load exiting', 'MOV to CR8 causes VM exits.'),
  control('CR8_STORE_EXITING', 20, 'CR8-store exiting', 'MOV from CR8 causes VM exits.'),
  control(
    'USE_TPR_SHADOW',
    21,
    'Use TPR shadow',
    'The guest reads and writes a task priority kept in the virtual-APIC page.',
  ),
  control(
    'NMI_WINDOW_EXITING',
    22,
    'NMI-window exiting',
    'A VM exit as soon as there is no virtual-NMI blocking.',
  ),
  control('MOV_DR_EXITING', 23, 'MOV-DR exiting', 'MOV to or from a debug register exits.'),
  control(
    'UNCONDITIONAL_IO_EXITING',
    24,
    'Unconditional I/O exiting',
    'Every IN, OUT, INS and OUTS causes a VM exit (ignored when I/O bitmaps are used).',
  ),
  control(
    'USE_IO_BITMAPS',
    25,
    'Use I/O bitmaps',
    'I/O causes VM exits for the ports whose bits are set in the I/O bitmaps.',
  ),
  control(
    'MONITOR_TRAP_FLAG',
    27,
    'Monitor trap flag',
    'A VM exit after every guest instruction: single step for the VMM.',
  ),
  control(
    'USE_MSR_BITMAPS',
    28,
    'Use MSR bitmaps',
    'RDMSR and WRMSR exit only for MSRs whose bits are set; without it they always exit.',
  ),
  control('MONITOR_EXITING', 29, 'MONITOR exiting', 'MONITOR causes VM exits.'),
  control('PAUSE_EXITING', 30, 'PAUSE exiting', 'PAUSE causes VM exits.'),
  control(
    'ACTIVATE_SECONDARY_CONTROLS',
    31,
    'Activate secondary controls',
    'The secondary processor-based controls are used; without it they count as all 0.',
  ),
]);
export const PrimaryControl = masksOf(PRIMARY_CONTROLS);

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
  control('ENABLE_RDTSCP', 3, 'Enable RDTSCP', 'Without it, RDTSCP raises #UD in the guest.'),
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

/** Tertiary processor-based VM-execution controls, 64 bits wide (SDM 3C table 25-8). */
export const TERTIARY_CONTROLS = table('Tertiary processor-based controls', 'SDM 3C 25.6.2', [
  control('LOADIWKEY_EXITING', 0, 'LOADIWKEY exiting', 'LOADIWKEY causes VM exits.'),
  control('ENABLE_HLAT', 1, 'Enable HLAT', 'Hypervisor-managed linear-address translation.'),
  control('EPT_PAGING_WRITE', 2, 'EPT paging-write control', 'EPT can protect paging structures.'),
  control('GUEST_PAGING_VERIFICATION', 3, 'Guest-paging verification', 'EPT can verify paging.'),
  control('IPI_VIRTUALIZATION', 4, 'IPI virtualization', 'The guest may send IPIs unassisted.'),
  control(
    'VIRTUALIZE_IA32_SPEC_CTRL',
    7,
    'Virtualize IA32_SPEC_CTRL',
    'Guest access to IA32_SPEC_CTRL is masked and shadowed.',
  ),
]);
export const TertiaryControl = wideMasksOf(TERTIARY_CONTROLS);

/** Primary VM-exit controls (SDM 3C table 25-14). */
export const EXIT_CONTROLS = table('VM-exit controls', 'SDM 3C 25.7.1', [
  control(
    'SAVE_DEBUG_CONTROLS',
    2,
    'Save debug controls',
    'DR7 and IA32_DEBUGCTL are saved to the guest-state area.',
  ),
  control(
    'HOST_ADDRESS_SPACE_SIZE',
    9,
    'Host address-space size',
    'The host is in 64-bit mode after the VM exit.',
  ),
  control(
    'LOAD_PERF_GLOBAL_CTRL',
    12,
    'Load IA32_PERF_GLOBAL_CTRL',
    'IA32_PERF_GLOBAL_CTRL is loaded from the host-state area.',
  ),
  control(
    'ACKNOWLEDGE_INTERRUPT',
    15,
    'Acknowledge interrupt on exit',
    'An external interrupt that exits is acknowledged and its vector recorded.',
  ),
  control('SAVE_PAT', 18, 'Save IA32_PAT', 'IA32_PAT is saved to the guest-state area.'),
  control('LOAD_PAT', 19, 'Load IA32_PAT', 'IA32_PAT is loaded from the host-state area.'),
  control('SAVE_EFER', 20, 'Save IA32_EFER', 'IA32_EFER is saved to the guest-state area.'),
  control('LOAD_EFER', 21, 'Load IA32_EFER', 'IA32_EFER is loaded from the host-state area.'),
  control(
    'SAVE_PREEMPTION_TIMER',
    22,
    'Save VMX-preemption timer value',
    'What is left of the preemption timer is saved to the guest-state area.',
  ),
  control('CLEAR_BNDCFGS', 23, 'Clear IA32_BNDCFGS', 'IA32_BNDCFGS is cleared.'),
  control('CONCEAL_VMX_FROM_PT', 24, 'Conceal VMX from PT', 'No PT packet tells of VM exits.'),
  control('CLEAR_RTIT_CTL', 25, 'Clear IA32_RTIT_CTL', 'IA32_RTIT_CTL is cleared.'),
  control('CLEAR_LBR_CTL', 26, 'Clear IA32_LBR_CTL', 'IA32_LBR_CTL is cleared.'),
  control('CLEAR_UINV', 27, 'Clear UINV', 'The user-interrupt notification vector is cleared.'),
  control('LOAD_CET_STATE', 28, 'Load CET state', 'CET state is loaded from the host-state area.'),
  control('LOAD_PKRS', 29, 'Load PKRS', 'IA32_PKRS is loaded from the host-state area.'),
  control(
    'SAVE_PERF_GLOBAL_CTRL',
    30,
    'Save IA32_PERF_GLOBAL_CTRL',
    'IA32_PERF_GLOBAL_CTRL is saved to the guest-state area.',
  ),
  control(
    'ACTIVATE_SECONDARY_CONTROLS',
    31,
    'Activate secondary controls',
    'The secondary VM-exit controls are used.',
  ),
]);
export const ExitControl = masksOf(EXIT_CONTROLS);

/** Secondary VM-exit controls, 64 bits wide (SDM 3C table 25-15). */
export const SECONDARY_EXIT_CONTROLS = table('Secondary VM-exit controls', 'SDM 3C 25.7.1', [
  control(
    'PREMATURELY_BUSY_SHADOW_STACK',
    3,
    'Prematurely busy shadow stack',
    'VM exits note that an event delivery had already marked the shadow stack busy.',
  ),
]);

/** VM-entry controls (SDM 3C table 25-17). */
export const ENTRY_CONTROLS = table('VM-entry controls', 'SDM 3C 25.8.1', [
  control(
    'LOAD_DEBUG_CONTROLS',
    2,
    'Load debug controls',
    'DR7 and IA32_DEBUGCTL are loaded from the guest-state area.',
  ),
  control(
    'IA32E_MODE_GUEST',
    9,
    'IA-32e mode guest',
    'The guest is in IA-32e (long) mode after the VM entry.',
  ),
  control('ENTRY_TO_SMM', 10, 'Entry to SMM', 'The guest is in system-management mode.'),
  control(
    'DEACTIVATE_DUAL_MONITOR',
    11,
    'Deactivate dual-monitor treatment',
    'Normal treatment of SMIs is in effect after the VM entry.',
  ),
  control(
    'LOAD_PERF_GLOBAL_CTRL',
    13,
    'Load IA32_PERF_GLOBAL_CTRL',
    'IA32_PERF_GLOBAL_CTRL is loaded from the guest-state area.',
  ),
  control('LOAD_PAT', 14, 'Load IA32_PAT', 'IA32_PAT is loaded from the guest-state area.'),
  control('LOAD_EFER', 15, 'Load IA32_EFER', 'IA32_EFER is loaded from the guest-state area.'),
  control('LOAD_BNDCFGS', 16, 'Load IA32_BNDCFGS', 'IA32_BNDCFGS is loaded.'),
  control('CONCEAL_VMX_FROM_PT', 17, 'Conceal VMX from PT', 'No PT packet tells of VM entries.'),
  control('LOAD_RTIT_CTL', 18, 'Load IA32_RTIT_CTL', 'IA32_RTIT_CTL is loaded.'),
  control('LOAD_UINV', 19, 'Load UINV', 'The user-interrupt notification vector is loaded.'),
  control('LOAD_CET_STATE', 20, 'Load CET state', 'CET state is loaded from the guest-state area.'),
  control('LOAD_GUEST_LBR_CTL', 21, 'Load guest IA32_LBR_CTL', 'IA32_LBR_CTL is loaded.'),
  control('LOAD_PKRS', 22, 'Load PKRS', 'IA32_PKRS is loaded from the guest-state area.'),
]);
export const EntryControl = masksOf(ENTRY_CONTROLS);

/** VM-function controls (SDM 3C table 25-10). */
export const VM_FUNCTION_CONTROLS = table('VM-function controls', 'SDM 3C 25.6.14', [
  control('EPTP_SWITCHING', 0, 'EPTP switching', 'VMFUNC 0 loads an EPT pointer from a list.'),
]);

export const VmFunctionControl = masksOf(VM_FUNCTION_CONTROLS);

/** The exception bitmap has a bit for each vector 0 to 31 (SDM 3C 25.6.3). */
export const EXCEPTION_BITMAP = table(
  'Exception bitmap',
  'SDM 3C 25.6.3',
  EXCEPTIONS.filter(({ kind }) => kind !== 'reserved' && kind !== 'interrupt').map((exception) =>
    named(exception.mnemonic, bit(exception.mnemonic.slice(1), exception.vector, exception.gloss)),
  ),
);
