import * as l10n from '@vscode/l10n';
import { ExitReason as E } from '../../../isa/vmx/exit-reasons';
import type { ExitGroup } from '../technique';

/** One filter for each group of VT-x's exit reasons. */
export const EXIT_GROUPS: readonly ExitGroup[] = [
  { filter: 'exit.cpuid', label: () => 'CPUID', reasons: [E.CPUID] },
  { filter: 'exit.io', label: () => 'IN, OUT', reasons: [E.IO_INSTRUCTION] },
  { filter: 'exit.hlt', label: () => 'HLT', reasons: [E.HLT] },
  { filter: 'exit.cr', label: () => 'MOV CR, CLTS, LMSW', reasons: [E.CR_ACCESS] },
  { filter: 'exit.msr', label: () => 'RDMSR, WRMSR', reasons: [E.RDMSR, E.WRMSR] },
  { filter: 'exit.vmcall', label: () => 'VMCALL', reasons: [E.VMCALL] },
  { filter: 'exit.invlpg', label: () => 'INVLPG', reasons: [E.INVLPG] },
  {
    filter: 'exit.ept',
    label: () => l10n.t('EPT violation, EPT misconfiguration'),
    reasons: [E.EPT_VIOLATION, E.EPT_MISCONFIGURATION],
  },
  {
    filter: 'exit.interrupt',
    label: () => l10n.t('external interrupt, interrupt window'),
    reasons: [E.EXTERNAL_INTERRUPT, E.INTERRUPT_WINDOW],
  },
  { filter: 'exit.exception', label: () => l10n.t('exception, NMI'), reasons: [E.EXCEPTION_NMI] },
  { filter: 'exit.debug', label: () => 'MOV DR', reasons: [E.MOV_DR] },
  {
    filter: 'exit.tables',
    label: () => 'LGDT, LIDT, LLDT, LTR, …',
    reasons: [E.GDTR_IDTR_ACCESS, E.LDTR_TR_ACCESS],
  },
  {
    filter: 'exit.time',
    label: () => 'RDTSC, RDTSCP, PAUSE',
    reasons: [E.RDTSC, E.RDTSCP, E.PAUSE],
  },
  {
    filter: 'exit.vmx',
    label: () => 'VMXON, VMLAUNCH, VMREAD, …',
    reasons: [
      ...[E.VMCLEAR, E.VMLAUNCH, E.VMPTRLD, E.VMPTRST, E.VMREAD, E.VMRESUME],
      ...[E.VMWRITE, E.VMXOFF, E.VMXON, E.INVEPT, E.INVVPID],
    ],
  },
];
