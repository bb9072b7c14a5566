import * as vscode from 'vscode';
import type { ViewTree } from '../views/view-tree';
import type { Command } from './commands';

interface FilterTexts {
  readonly title: string;
  readonly placeHolder: string;
}

/**
 * The two commands that show only some rows of a view, and all again.
 *
 * @param key of the context in which the manifest offers the second one
 */
export function filterCommands(
  view: ViewTree,
  key: string,
  texts: () => FilterTexts,
): { filter: Command; clear: Command } {
  const use = async (filter: string): Promise<void> => {
    view.options = { ...view.options, filter };
    view.tree.description = filter;
    await vscode.commands.executeCommand('setContext', key, filter !== '');
  };
  return {
    filter: async () => {
      const value = view.options.filter ?? '';
      const filter = await vscode.window.showInputBox({ ...texts(), value });
      if (filter !== undefined) await use(filter);
    },
    clear: () => use(''),
  };
}
