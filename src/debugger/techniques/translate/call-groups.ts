import * as l10n from '@vscode/l10n';
import type { ExitGroup } from '../technique';
import { CALLS, callReason } from './calls';

const FILTERS = { instruction: 'call-out', exit: 'translation', lookup: 'lookup' } as const;

/** A filter for each reason for which a translation calls the monitor. */
export const CALL_GROUPS: readonly ExitGroup[] = CALLS.map(({ kind, name, gloss }) => ({
  filter: `translate.${FILTERS[kind]}`,
  label: name,
  title: () => l10n.t('Translation: {0}', name()),
  description: gloss,
  reasons: [callReason(kind)],
}));
