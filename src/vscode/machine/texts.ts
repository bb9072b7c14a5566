import * as vscode from 'vscode';
import type { PageTexts } from './messages';

export const pageTexts = (): PageTexts => ({
  title: vscode.l10n.t('The Machine'),
  empty: vscode.l10n.t(
    'When a guest stands, the machine is drawn here: where execution is, how it came there, and who has what.',
  ),
  runs: vscode.l10n.t('The guest runs. Pause it to see its state.'),
  ended: vscode.l10n.t('The session has ended.'),
  here: vscode.l10n.t('here'),
  owners: vscode.l10n.t('Who has what'),
  path: vscode.l10n.t('How we came here'),
  next: vscode.l10n.t('next: {0}', '{0}'),
  labelled: vscode.l10n.t('{0}: {1}', '{0}', '{1}'),
  separator: vscode.l10n.t(', '),
});
