import * as vscode from 'vscode';
import type { PageTexts } from './messages';

export const pageTexts = (): PageTexts => ({
  title: vscode.l10n.t('Page Walk'),
  empty: vscode.l10n.t(
    'When a guest stands, the walk of an address is drawn here: each entry that the processor reads, in both dimensions.',
  ),
  runs: vscode.l10n.t('The guest runs. Pause it to see its state.'),
  ended: vscode.l10n.t('The session has ended.'),
  toolbar: vscode.l10n.t('What is walked, and how it is shown'),
  operand: vscode.l10n.t('Address'),
  present: vscode.l10n.t('the present operand'),
  expression: vscode.l10n.t('rbx, rsp + 8, a label, user write 0x1000, host rsp …'),
  play: vscode.l10n.t('Play'),
  pause: vscode.l10n.t('Pause'),
  back: vscode.l10n.t('Previous Reference'),
  forward: vscode.l10n.t('Next Reference'),
  pin: vscode.l10n.t('Pin to Compare'),
  unpin: vscode.l10n.t('Unpin'),
  save: vscode.l10n.t('Save as SVG…'),
  chart: vscode.l10n.t('The page walk of {0}', '{0}'),
  pinnedChart: vscode.l10n.t('Pinned: the page walk of {0}', '{0}'),
  labelled: vscode.l10n.t('{0}: {1}', '{0}', '{1}'),
  withNote: vscode.l10n.t('{0} ({1})', '{0}', '{1}'),
  separator: vscode.l10n.t(', '),
  reference: vscode.l10n.t('Reference {0}', '{0}'),
  references: vscode.l10n.t('{0} references', '{0}'),
  stops: vscode.l10n.t('the walk ends here'),
  differs: vscode.l10n.t('differs from the other picture'),
  notReached: vscode.l10n.t('not reached'),
  guestEntry: vscode.l10n.t('entry'),
  shadowEntry: vscode.l10n.t('shadow'),
  help: vscode.l10n.t(
    'Page Up and Page Down go from reference to reference, P plays, the arrow keys go from entry to entry.',
  ),
});
