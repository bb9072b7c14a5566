import * as l10n from '@vscode/l10n';
import { SvmExit as E } from '../../../isa/svm/exit-codes';
import type { ExitGroup } from '../technique';

const consecutive = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, n) => first + n);

const REGISTERS = 16;
const VECTORS = 32;

/**
 * SVM's exit codes under the filters of VT-x's groups, as the events are the same. DR access and control registers have a code for
 * each register and direction.
 */
export const SVM_GROUPS: readonly ExitGroup[] = [
  { filter: 'exit.cpuid', label: () => 'CPUID', reasons: [E.CPUID] },
  { filter: 'exit.io', label: () => 'IN, OUT', reasons: [E.IOIO] },
  { filter: 'exit.hlt', label: () => 'HLT', reasons: [E.HLT] },
  {
    filter: 'exit.cr',
    label: () => 'MOV CR, CLTS, LMSW',
    reasons: [
      ...consecutive(E.CR_READ, REGISTERS),
      ...consecutive(E.CR_WRITE, REGISTERS),
      E.CR0_SEL_WRITE,
      ...consecutive(E.CR_WRITE_TRAP, REGISTERS),
    ],
  },
  { filter: 'exit.msr', label: () => 'RDMSR, WRMSR', reasons: [E.MSR, E.EFER_WRITE_TRAP] },
  { filter: 'exit.vmcall', label: () => 'VMMCALL', reasons: [E.VMMCALL] },
  { filter: 'exit.invlpg', label: () => 'INVLPG', reasons: [E.INVLPG] },
  { filter: 'exit.ept', label: () => l10n.t('nested page fault'), reasons: [E.NPF] },
  {
    filter: 'exit.interrupt',
    label: () => l10n.t('external interrupt, virtual interrupt'),
    reasons: [E.INTR, E.VINTR],
  },
  {
    filter: 'exit.exception',
    label: () => l10n.t('exception, NMI'),
    reasons: [...consecutive(E.EXCEPTION, VECTORS), E.NMI],
  },
  {
    filter: 'exit.debug',
    label: () => 'MOV DR',
    reasons: [...consecutive(E.DR_READ, REGISTERS), ...consecutive(E.DR_WRITE, REGISTERS)],
  },
  {
    filter: 'exit.tables',
    label: () => 'LGDT, LIDT, LLDT, LTR, …',
    reasons: [
      ...[E.IDTR_READ, E.GDTR_READ, E.LDTR_READ, E.TR_READ],
      ...[E.IDTR_WRITE, E.GDTR_WRITE, E.LDTR_WRITE, E.TR_WRITE],
    ],
  },
  {
    filter: 'exit.time',
    label: () => 'RDTSC, RDTSCP, PAUSE',
    reasons: [E.RDTSC, E.RDTSCP, E.PAUSE],
  },
  {
    filter: 'exit.vmx',
    label: () => 'VMRUN, VMLOAD, VMSAVE, …',
    reasons: [E.VMRUN, E.VMLOAD, E.VMSAVE, E.STGI, E.CLGI, E.SKINIT, E.INVLPGA],
  },
];
