import * as l10n from '@vscode/l10n';
import type { Spending } from '../../session';

/** What modelled cycles are spent on, for people. */
export function spendingText(spending: Spending): string {
  switch (spending) {
    case 'instructions':
      return l10n.t('instructions of the guest');
    case 'system':
      return l10n.t('system instructions and I/O');
    case 'events':
      return l10n.t('exceptions, interrupts, system calls');
    case 'translation':
      return l10n.t('address translation');
    case 'transitions':
      return l10n.t('VM exits and VM entries');
    case 'structure':
      return l10n.t('access to the VMCS');
    case 'software':
      return l10n.t('software steps of the monitor');
    case 'emulation':
      return l10n.t('instructions done in software');
  }
}
