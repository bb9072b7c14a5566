import * as l10n from '@vscode/l10n';
import { clauses } from '../../isa/phrases';
import type { Way } from '../../session';

/** What a way of running a guest is, in a few words; nothing for one that has none yet. */
export const wayText = ({ monitor, paging }: Way): string =>
  clauses(monitorText(monitor), paging === 'shadow' ? l10n.t('shadow page tables') : '');

function monitorText(monitor: string): string {
  switch (monitor) {
    case 'none':
      return l10n.t('the bare computer, without a monitor');
    case 'vtx':
      return l10n.t('VT-x: the processor runs the guest in VMX non-root operation');
    case 'svm':
      return l10n.t('AMD-V: the processor runs the guest in guest mode');
    case 'emulate':
      return l10n.t('every instruction is done in software');
    case 'deprivilege':
      return l10n.t('trap and emulate: the guest’s kernel has less privilege than it believes');
    case 'translate':
      return l10n.t('binary translation: the kernel’s code is rewritten before it runs');
    case 'paravirt':
      return l10n.t('paravirtualization: the guest knows its monitor and calls it');
    default:
      return '';
  }
}
