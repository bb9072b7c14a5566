import * as vscode from 'vscode';
import type { CommandContext, Commands } from './commands';

const CHANGED_ONLY = 'ringside.vmcsChangedOnly';

/** Which fields the VMCS view shows; the choice outlives the window. */
export function vmcsCommands({ views: { vmcs }, choices }: CommandContext): Commands {
  const show = async (changedOnly: boolean): Promise<void> => {
    vmcs.options = { ...vmcs.options, changedOnly };
    await vscode.commands.executeCommand('setContext', CHANGED_ONLY, changedOnly);
  };
  const choose = async (changedOnly: boolean): Promise<void> => {
    await choices.update(CHANGED_ONLY, changedOnly);
    await show(changedOnly);
  };
  if (choices.get(CHANGED_ONLY) === true) void show(true);
  return {
    'ringside.showChangedFields': () => choose(true),
    'ringside.showAllFields': () => choose(false),
  };
}
