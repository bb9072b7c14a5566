import * as vscode from 'vscode';
import type { CommandContext, Commands } from './commands';
import { filterCommands } from './filter';

/** Which entries the TLB view shows. */
export function tlbCommands({ views: { tlb } }: CommandContext): Commands {
  const { filter, clear } = filterCommands(tlb, 'ringside.tlbFiltered', () => ({
    title: vscode.l10n.t('Show only entries that contain'),
    placeHolder: vscode.l10n.t('an address, rights or a word: 0xffff8000, RW, 2M, stale'),
  }));
  return { 'ringside.filterTlb': filter, 'ringside.clearTlbFilter': clear };
}
