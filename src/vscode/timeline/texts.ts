import * as vscode from 'vscode';
import type { PageTexts } from './messages';

export const pageTexts = (): PageTexts => ({
  title: vscode.l10n.t('Run Timeline'),
  empty: vscode.l10n.t(
    'When a guest is debugged, its run is shown here from the beginning: VM exits, interrupts, modes, output.',
  ),
  toolbar: vscode.l10n.t('What is shown of the run'),
  whole: vscode.l10n.t('Whole Run'),
  zoomIn: vscode.l10n.t('Zoom In'),
  zoomOut: vscode.l10n.t('Zoom Out'),
  here: vscode.l10n.t('you are here'),
  runs: vscode.l10n.t('The guest is running.'),
  ended: vscode.l10n.t('The session has ended.'),
  noWay: vscode.l10n.t('Nobody can go to a moment: {0}.', '{0}'),
  chart: vscode.l10n.t('The run as lanes; the list beside it has the same in words.'),
  list: vscode.l10n.t('What happened, and after how many instructions'),
  lanes: {
    exit: vscode.l10n.t('exits'),
    event: vscode.l10n.t('interrupts'),
    mode: vscode.l10n.t('mode'),
    output: vscode.l10n.t('output'),
    marks: vscode.l10n.t('marks'),
  },
  stretch: vscode.l10n.t('{0} to {1}: {2}', '{0}', '{1}', '{2}'),
  times: vscode.l10n.t('{0} × {1}', '{0}', '{1}'),
  after: vscode.l10n.t('{0}, after {1} instructions', '{0}', '{1}'),
  separator: vscode.l10n.t(', '),
  guest: vscode.l10n.t('{0} ({1})', '{0}', '{1}'),
  bookmark: vscode.l10n.t('bookmark “{0}”', '{0}'),
  checkpoint: vscode.l10n.t('checkpoint'),
  others: vscode.l10n.t('others'),
  instructions: vscode.l10n.t('{0} instructions', '{0}'),
  exits: vscode.l10n.t('{0} VM exits', '{0}'),
  events: vscode.l10n.t('{0} interrupts and exceptions', '{0}'),
  bytes: vscode.l10n.t('{0} bytes of output', '{0}'),
  nothing: vscode.l10n.t('Nothing happened here but instructions.'),
  help: vscode.l10n.t(
    'Drag to zoom; click or Enter goes there; Left and Right, + and −, Home for the whole run.',
  ),
});
