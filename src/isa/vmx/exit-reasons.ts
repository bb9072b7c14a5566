import * as l10n from '@vscode/l10n';
import { bit, named, range, table } from '../bits';

/** One basic exit reason (SDM 3D appendix C, table C-1). */
export interface ExitReasonRow<Id extends string = string> {
  readonly id: Id;
  readonly number: number;
  /** The name the manual gives it. */
  readonly name: string;
  /** Why it happened, for a reader who meets it for the first time. */
  readonly gloss: string;
}

function reason<const Id extends string>(
  number: number,
  id: Id,
  name: string,
  gloss: string,
): ExitReasonRow<Id> {
  return { id, number, name, gloss };
}

function instruction<const Id extends string>(number: number, id: Id, why = ''): ExitReasonRow<Id> {
  const gloss = `The guest executed ${id}${why ? `, ${why}` : '.'}`;
  return { id, number, name: id, gloss };
}

const ROWS = [
  reason(
    0,
    'EXCEPTION_NMI',
    'Exception or NMI',
    'An exception whose bit is set in the exception bitmap, or an NMI with NMI exiting.',
  ),
  reason(
    1,
    'EXTERNAL_INTERRUPT',
    'External interrupt',
    'An interrupt from a device arrived with external-interrupt exiting.',
  ),
  reason(
    2,
    'TRIPLE_FAULT',
    'Triple fault',
    'An exception came while a double fault was being delivered.',
  ),
  reason(3, 'INIT_SIGNAL', 'INIT signal', 'An INIT signal arrived.'),
  reason(4, 'SIPI', 'Start-up IPI (SIPI)', 'A start-up IPI arrived in the wait-for-SIPI state.'),
  reason(5, 'IO_SMI', 'I/O SMI', 'A system-management interrupt came right after I/O.'),
  reason(6, 'OTHER_SMI', 'Other SMI', 'A system-management interrupt arrived.'),
  reason(
    7,
    'INTERRUPT_WINDOW',
    'Interrupt window',
    'The guest can take an interrupt now, which the VMM asked to be told.',
  ),
  reason(
    8,
    'NMI_WINDOW',
    'NMI window',
    'The guest can take an NMI now, which the VMM asked to be told.',
  ),
  reason(9, 'TASK_SWITCH', 'Task switch', 'The guest attempted a hardware task switch.'),
  instruction(10, 'CPUID', 'which always exits.'),
  instruction(11, 'GETSEC', 'which always exits.'),
  instruction(12, 'HLT', 'with HLT exiting.'),
  instruction(13, 'INVD', 'which always exits.'),
  instruction(14, 'INVLPG', 'with INVLPG exiting.'),
  instruction(15, 'RDPMC', 'with RDPMC exiting.'),
  instruction(16, 'RDTSC', 'with RDTSC exiting.'),
  instruction(17, 'RSM', 'in system-management mode.'),
  instruction(18, 'VMCALL', 'the hypercall instruction: it asks the VMM for a service.'),
  instruction(19, 'VMCLEAR', 'which always exits.'),
  instruction(20, 'VMLAUNCH', 'which always exits.'),
  instruction(21, 'VMPTRLD', 'which always exits.'),
  instruction(22, 'VMPTRST', 'which always exits.'),
  instruction(23, 'VMREAD', 'not allowed by VMCS shadowing.'),
  instruction(24, 'VMRESUME', 'which always exits.'),
  instruction(25, 'VMWRITE', 'not allowed by VMCS shadowing.'),
  instruction(26, 'VMXOFF', 'which always exits.'),
  instruction(27, 'VMXON', 'which always exits.'),
  reason(
    28,
    'CR_ACCESS',
    'Control-register accesses',
    'The guest accessed CR0, CR3, CR4 or CR8 in a way the VMM intercepts.',
  ),
  reason(29, 'MOV_DR', 'MOV DR', 'The guest moved to or from a debug register.'),
  reason(
    30,
    'IO_INSTRUCTION',
    'I/O instruction',
    'The guest executed IN, OUT, INS or OUTS on an intercepted port.',
  ),
  instruction(31, 'RDMSR', 'on an intercepted MSR, or one that the MSR bitmaps have no bit for.'),
  instruction(32, 'WRMSR', 'on an intercepted MSR, or one that the MSR bitmaps have no bit for.'),
  reason(
    33,
    'ENTRY_FAILURE_GUEST_STATE',
    'VM-entry failure due to invalid guest state',
    'VM entry failed one of the checks on the guest-state area.',
  ),
  reason(
    34,
    'ENTRY_FAILURE_MSR_LOADING',
    'VM-entry failure due to MSR loading',
    'VM entry failed while loading MSRs from the VM-entry MSR-load area.',
  ),
  instruction(36, 'MWAIT', 'with MWAIT exiting.'),
  reason(
    37,
    'MONITOR_TRAP_FLAG',
    'Monitor trap flag',
    'One guest instruction was executed with the monitor trap flag set.',
  ),
  instruction(39, 'MONITOR', 'with MONITOR exiting.'),
  instruction(40, 'PAUSE', 'with PAUSE exiting, or a PAUSE loop lasted too long.'),
  reason(
    41,
    'ENTRY_FAILURE_MACHINE_CHECK',
    'VM-entry failure due to machine-check event',
    'A machine check came during VM entry.',
  ),
  reason(
    43,
    'TPR_BELOW_THRESHOLD',
    'TPR below threshold',
    'The virtual task priority fell below the TPR threshold.',
  ),
  reason(
    44,
    'APIC_ACCESS',
    'APIC access',
    'The guest accessed the page at the APIC-access address.',
  ),
  reason(
    45,
    'VIRTUALIZED_EOI',
    'Virtualized EOI',
    'End of a virtual interrupt whose bit is set in the EOI-exit bitmap.',
  ),
  reason(
    46,
    'GDTR_IDTR_ACCESS',
    'Access to GDTR or IDTR',
    'LGDT, LIDT, SGDT or SIDT with descriptor-table exiting.',
  ),
  reason(
    47,
    'LDTR_TR_ACCESS',
    'Access to LDTR or TR',
    'LLDT, LTR, SLDT or STR with descriptor-table exiting.',
  ),
  reason(
    48,
    'EPT_VIOLATION',
    'EPT violation',
    'The EPT paging structures do not allow this access to a guest-physical address.',
  ),
  reason(
    49,
    'EPT_MISCONFIGURATION',
    'EPT misconfiguration',
    'An EPT paging-structure entry holds a combination of bits that is not allowed.',
  ),
  instruction(50, 'INVEPT', 'which always exits.'),
  instruction(51, 'RDTSCP', 'with RDTSC exiting.'),
  reason(
    52,
    'PREEMPTION_TIMER_EXPIRED',
    'VMX-preemption timer expired',
    'The VMX-preemption timer counted down to zero.',
  ),
  instruction(53, 'INVVPID', 'which always exits.'),
  instruction(54, 'WBINVD', 'or WBNOINVD, with WBINVD exiting.'),
  instruction(55, 'XSETBV', 'which always exits.'),
  reason(
    56,
    'APIC_WRITE',
    'APIC write',
    'The guest wrote to the virtual-APIC page something the VMM must emulate.',
  ),
  instruction(57, 'RDRAND', 'with RDRAND exiting.'),
  instruction(58, 'INVPCID', 'with INVLPG exiting.'),
  instruction(59, 'VMFUNC', 'with a function that is not enabled or that failed.'),
  instruction(60, 'ENCLS', 'with ENCLS exiting.'),
  instruction(61, 'RDSEED', 'with RDSEED exiting.'),
  reason(62, 'PML_FULL', 'Page-modification log full', 'The page-modification log is full.'),
  instruction(63, 'XSAVES', 'with a bit set in the XSS-exiting bitmap.'),
  instruction(64, 'XRSTORS', 'with a bit set in the XSS-exiting bitmap.'),
  instruction(65, 'PCONFIG', 'with a bit set in the PCONFIG-exiting bitmap.'),
  reason(
    66,
    'SPP_EVENT',
    'SPP-related event',
    'The sub-page permission tables lack an entry, or hold one that is not allowed.',
  ),
  instruction(67, 'UMWAIT', 'with RDTSC exiting.'),
  instruction(68, 'TPAUSE', 'with RDTSC exiting.'),
  instruction(69, 'LOADIWKEY', 'with LOADIWKEY exiting.'),
  instruction(70, 'ENCLV', 'with ENCLV exiting.'),
  reason(72, 'ENQCMD_PASID', 'ENQCMD PASID translation failure', 'The guest PASID is unknown.'),
  reason(73, 'ENQCMDS_PASID', 'ENQCMDS PASID translation failure', 'The guest PASID is unknown.'),
  reason(74, 'BUS_LOCK', 'Bus lock', 'The guest caused a bus lock.'),
  reason(
    75,
    'INSTRUCTION_TIMEOUT',
    'Instruction timeout',
    'An instruction blocked events for too long.',
  ),
  instruction(76, 'SEAMCALL', 'which always exits.'),
  instruction(77, 'TDCALL', 'which always exits.'),
  instruction(78, 'RDMSRLIST', 'on an intercepted MSR.'),
  instruction(79, 'WRMSRLIST', 'on an intercepted MSR.'),
  instruction(80, 'URDMSR', 'on an intercepted MSR.'),
  instruction(81, 'UWRMSR', 'on an intercepted MSR.'),
  reason(
    84,
    'RDMSR_IMMEDIATE',
    'RDMSR (immediate)',
    'The guest executed RDMSR with an immediate on an intercepted MSR.',
  ),
  reason(
    85,
    'WRMSRNS_IMMEDIATE',
    'WRMSRNS (immediate)',
    'The guest executed WRMSRNS with an immediate on an intercepted MSR.',
  ),
] as const;

type ReasonId = (typeof ROWS)[number]['id'];

/** Every basic exit reason, by rising number. */
export const EXIT_REASONS: readonly ExitReasonRow<ReasonId>[] = ROWS;

/** Numbers of the basic exit reasons. */
export const ExitReason = Object.fromEntries(ROWS.map((row) => [row.id, row.number])) as {
  readonly [Id in ReasonId]: number;
};

const BY_NUMBER = new Map<number, ExitReasonRow<ReasonId>>(ROWS.map((row) => [row.number, row]));

/** The row of a basic exit reason, or undefined for a number that is not in use. */
export function exitReason(basic: number): ExitReasonRow<ReasonId> | undefined {
  return BY_NUMBER.get(basic);
}

/** What people call a basic exit reason, in their language: 'EPT violation', 'CPUID'. */
export function exitReasonName(basic: number): string {
  const row = exitReason(basic);
  return row ? l10n.t(row.name) : l10n.t('reason {0}', basic);
}

/** The exit-reason field as a whole (SDM 3C 25.9.1, table 25-18). */
export const EXIT_REASON_FIELD = table('Exit reason', 'SDM 3C 25.9.1', [
  named(
    'Basic exit reason',
    range(
      'BASIC',
      15,
      0,
      'Why control left the guest.',
      Object.fromEntries(ROWS.map((row) => [row.number, row.name])),
    ),
  ),
  named('Shadow stack busy', bit('SHADOW_STACK_BUSY', 25, 'The shadow stack was marked busy.')),
  named('Bus lock', bit('BUS_LOCK', 26, 'The exit came after a bus lock.')),
  named('Enclave mode', bit('ENCLAVE_MODE', 27, 'The exit came from an SGX enclave.')),
  named('Pending MTF', bit('PENDING_MTF', 28, 'A monitor-trap-flag VM exit was pending.')),
  named('From VMX root', bit('FROM_VMX_ROOT', 29, 'An SMM VM exit from VMX root operation.')),
  named('VM-entry failure', bit('ENTRY_FAILURE', 31, 'The VM entry itself failed.')),
]);

/** Bit 31 of the exit reason: VM entry failed. */
export const ENTRY_FAILURE = 0x80000000;
