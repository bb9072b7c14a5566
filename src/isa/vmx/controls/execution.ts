import { masksOf, table, wideMasksOf } from '../../bits';
import { control } from './control';

/** VM-execution controls (SDM 3C 25.6). */

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
  control('INVLPG_EXITING', 9, 'INVLPG exiting', 'INVLPG and INVPCID cause VM exits.'),
  control('MWAIT_EXITING', 10, 'MWAIT exiting', 'MWAIT causes VM exits.'),
  control('RDPMC_EXITING', 11, 'RDPMC exiting', 'RDPMC causes VM exits.'),
  control('RDTSC_EXITING', 12, 'RDTSC exiting', 'RDTSC, RDTSCP, TPAUSE and UMWAIT cause VM exits.'),
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
    'RDMSR and WRMSR exit only for MSRs whose bits are set, or that have none; without it they always exit.',
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

/** Tertiary processor-based VM-execution controls, 64 bits wide (SDM 3C table 25-8). */
export const TERTIARY_CONTROLS = table('Tertiary processor-based controls', 'SDM 3C 25.6.2', [
  control('LOADIWKEY_EXITING', 0, 'LOADIWKEY exiting', 'LOADIWKEY causes VM exits.'),
  control('ENABLE_HLAT', 1, 'Enable HLAT', 'Hypervisor-managed linear-address translation.'),
  control('EPT_PAGING_WRITE', 2, 'EPT paging-write control', 'EPT can protect paging structures.'),
  control('GUEST_PAGING_VERIFICATION', 3, 'Guest-paging verification', 'EPT can verify paging.'),
  control('IPI_VIRTUALIZATION', 4, 'IPI virtualization', 'The guest may send IPIs unassisted.'),
  control(
    'ENABLE_MSR_LIST',
    6,
    'Enable MSR-list instructions',
    'Without it, RDMSRLIST and WRMSRLIST raise #UD in the guest.',
  ),
  control(
    'VIRTUALIZE_IA32_SPEC_CTRL',
    7,
    'Virtualize IA32_SPEC_CTRL',
    'Guest access to IA32_SPEC_CTRL is masked and shadowed.',
  ),
  control(
    'APIC_TIMER_VIRTUALIZATION',
    8,
    'APIC-timer virtualization',
    'The guest’s TSC deadline is kept by the processor and delivers a virtual interrupt.',
  ),
]);
export const TertiaryControl = wideMasksOf(TERTIARY_CONTROLS);
