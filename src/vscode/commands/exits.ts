import * as vscode from 'vscode';
import type { CommandContext, Commands } from './commands';
import { filterCommands } from './filter';

/** What the VM Exits view shows, and in which order. */
export function exitCommands({ views: { exits } }: CommandContext): Commands {
  const group = async (groupByReason: boolean): Promise<void> => {
    exits.options = { ...exits.options, groupByReason };
    await vscode.commands.executeCommand('setContext', 'ringside.exitsGrouped', groupByReason);
  };
  const { filter, clear } = filterCommands(exits, 'ringside.exitsFiltered', () => ({
    title: vscode.l10n.t('Show only exits that contain'),
    placeHolder: vscode.l10n.t(
      'a reason, a function or a detail: CPUID, print_features, port 0x3f8',
    ),
  }));
  return {
    'ringside.filterExits': filter,
    'ringside.clearExitFilter': clear,
    'ringside.groupExits': () => group(true),
    'ringside.ungroupExits': () => group(false),
  };
}
