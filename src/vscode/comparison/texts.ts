import * as vscode from 'vscode';
import type { PageTexts } from './messages';

export const pageTexts = (): PageTexts => ({
  title: vscode.l10n.t('Techniques Compared'),
  heading: vscode.l10n.t('{0}: {1}', vscode.l10n.t('Techniques Compared'), '{0}'),
  processor: vscode.l10n.t('Processor'),
  scale: vscode.l10n.t('Scale'),
  scales: {
    linear: vscode.l10n.t('Linear'),
    logarithmic: vscode.l10n.t('Logarithmic'),
  },
  exports: {
    markdown: vscode.l10n.t('Export as Markdown…'),
    csv: vscode.l10n.t('Export as CSV…'),
    json: vscode.l10n.t('Export as JSON…'),
  },
  toolbar: vscode.l10n.t('What is shown, and export'),
  chart: vscode.l10n.t(
    'Modelled cycles, relative to the bare computer, by what they are spent on; the table below has the numbers.',
  ),
  reading: {
    linear: vscode.l10n.t('Bars are as long as the cycles are many.'),
    logarithmic: vscode.l10n.t(
      'The length of a bar is on a logarithmic scale; its parts share it as they share the cycles.',
    ),
  },
  spent: vscode.l10n.t('Modelled cycles, {0}', '{0}'),
  total: vscode.l10n.t('all together'),
  relative: vscode.l10n.t('relative to the bare computer'),
  place: vscode.l10n.t('differs first after'),
  goTo: vscode.l10n.t('Go to {0}', '{0}'),
  differences: vscode.l10n.t('What differs'),
  strays: vscode.l10n.t('What the guest tried to touch, and nobody was there'),
  notRun: vscode.l10n.t('Cannot run this image'),
});
