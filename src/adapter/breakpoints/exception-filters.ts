import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { EXIT_FILTERS } from '../../debugger/techniques';

export const TRIPLE_FAULT_FILTER = 'triple-fault';
export const EMPTY_VECTOR_FILTER = 'empty-vector';
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
      filter: EMPTY_VECTOR_FILTER,
      label: l10n.t('Empty interrupt vector'),
      description: l10n.t(
        'Real-address mode: stops where an exception or INT would go through a vector 0000:0000.',
      ),
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
      description: l10n.t('Stops where an exception (vectors 0 to 31) is raised, and tells why.'),
      supportsCondition: true,
      conditionDescription: l10n.t('expression, e.g. event.vector == 14'),
    },
    ...EXIT_FILTERS.map(({ filter, label, title, description }) => ({
      filter,
      label: title?.() ?? l10n.t('VM exit: {0}', label()),
      description: description?.() ?? l10n.t('Stops in the monitor when such a VM exit happens.'),
      ...condition,
    })),
  ];
}
