import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { ExitReason } from '../isa/vmx/exit-reasons';

/** VM exits that a filter of the Breakpoints view stands for. */
interface ExitGroup {
  readonly filter: string;
  readonly label: string;
  readonly reasons: readonly number[];
}

const E = ExitReason;

/** One filter for each group of exit reasons. */
export const EXIT_GROUPS: readonly ExitGroup[] = [
  { filter: 'exit.cpuid', label: 'CPUID', reasons: [E.CPUID] },
  { filter: 'exit.io', label: 'IN, OUT', reasons: [E.IO_INSTRUCTION] },
  { filter: 'exit.hlt', label: 'HLT', reasons: [E.HLT] },
  { filter: 'exit.cr', label: 'MOV CR, CLTS, LMSW', reasons: [E.CR_ACCESS] },
  { filter: 'exit.msr', label: 'RDMSR, WRMSR', reasons: [E.RDMSR, E.WRMSR] },
  { filter: 'exit.vmcall', label: 'VMCALL', reasons: [E.VMCALL] },
  { filter: 'exit.invlpg', label: 'INVLPG', reasons: [E.INVLPG] },
  { filter: 'exit.ept', label: 'EPT violation, misconfiguration', reasons: [E.EPT_VIOLATION, E.EPT_MISCONFIGURATION] },
  { filter: 'exit.interrupt', label: 'external interrupt, interrupt window', reasons: [E.EXTERNAL_INTERRUPT, E.INTERRUPT_WINDOW] },
  { filter: 'exit.debug', label: 'MOV DR', reasons: [E.MOV_DR] },
  { filter: 'exit.tables', label: 'LGDT, LIDT, LLDT, LTR, …', reasons: [E.GDTR_IDTR_ACCESS, E.LDTR_TR_ACCESS] },
  { filter: 'exit.time', label: 'RDTSC, RDTSCP, PAUSE', reasons: [E.RDTSC, E.RDTSCP, E.PAUSE] },
  {
    filter: 'exit.vmx',
    label: 'VMXON, VMLAUNCH, VMREAD, …',
    reasons: [
      E.VMCLEAR, E.VMLAUNCH, E.VMPTRLD, E.VMPTRST, E.VMREAD, E.VMRESUME, E.VMWRITE, E.VMXOFF, E.VMXON, E.INVEPT,
      E.INVVPID,
    ],
  },
]; // prettier-ignore

export const TRIPLE_FAULT_FILTER = 'triple-fault';
export const ENTRY_FAILURE_FILTER = 'entry-failure';
export const GUEST_EXCEPTION_FILTER = 'guest-exception';

/** The filters as the client shows them. */
export function exceptionFilters(): DebugProtocol.ExceptionBreakpointsFilter[] {
  const condition = {
    supportsCondition: true,
    conditionDescription: l10n.t('expression, e.g. exit.qualification == 0x3f80000'),
  };
  return [
    {
      filter: TRIPLE_FAULT_FILTER,
      label: l10n.t('Triple fault'),
      description: l10n.t('Stops before the processor shuts down, with the chain of faults.'),
      default: true,
    },
    {
      filter: ENTRY_FAILURE_FILTER,
      label: l10n.t('VM-entry failure'),
      description: l10n.t('Stops when a VM entry fails, with the checks that failed.'),
      default: true,
    },
    {
      filter: GUEST_EXCEPTION_FILTER,
      label: l10n.t('Guest exception'),
      description: l10n.t('Stops when an exception (vectors 0 to 31) is delivered to the guest.'),
      supportsCondition: true,
      conditionDescription: l10n.t('expression, e.g. event.vector == 14'),
    },
    ...EXIT_GROUPS.map(({ filter, label }) => ({
      filter,
      label: l10n.t('VM exit: {0}', label),
      description: l10n.t('Stops in the monitor when such a VM exit happens.'),
      ...condition,
    })),
  ];
}
