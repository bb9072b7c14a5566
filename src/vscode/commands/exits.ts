import * as vscode from 'vscode';
import type { CommandContext, Commands } from './commands';

/** What the VM Exits view shows, and in which order. */
export function exitCommands({ views: { exits } }: CommandContext): Commands {
  const group = async (groupByReason: boolean): Promise<void> => {
    exits.options = { ...exits.options, groupByReason };
    await vscode.commands.executeCommand('setContext', 'ringside.exitsGrouped', groupByReason);
  };
  return {
    'ringside.filterExits': async () => {
      const filter = await vscode.window.showInputBox({
        title: vscode.l10n.t('Show only exits that contain'),
        placeHolder: vscode.l10n.t(
          'a reason, a function or a detail: CPUID, print_features, port 0x3f8',
        ),
        value: exits.options.filter ?? '',
      });
      if (filter === undefined) return;
      exits.options = { ...exits.options, filter };
      exits.tree.description = filter;
      await vscode.commands.executeCommand('setContext', 'ringside.exitsFiltered', filter !== '');
    },
    'ringside.clearExitFilter': async () => {
      exits.options = { ...exits.options, filter: '' };
      exits.tree.description = '';
      await vscode.commands.executeCommand('setContext', 'ringside.exitsFiltered', false);
    },
    'ringside.groupExits': () => group(true),
    'ringside.ungroupExits': () => group(false),
  };
}
