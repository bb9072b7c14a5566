import * as vscode from 'vscode';
import { expressionAt } from '../language/expression-at';
import type { Row } from '../views/view-tree';
import type { CommandContext, Commands } from './commands';

/** Choosing the guest-linear address that the Address Translation view shows. */
export function translationCommands({ views, watcher }: CommandContext): Commands {
  const translate = async (expression: string | undefined): Promise<void> => {
    if (expression === undefined || expression.trim() === '') return;
    views.translation.options = { address: expression.trim() };
    await vscode.commands.executeCommand('ringside.translation.focus');
  };
  return {
    'ringside.translateAddress': async () => {
      const common = ['rip', 'rsp', 'rsi', 'rdi', 'gdtr.base', 'idtr.base'];
      const other = vscode.l10n.t('Type an address or an expression …');
      const picked = await vscode.window.showQuickPick(
        [
          { label: `$(edit) ${other}`, other: true },
          ...common.map((label) => ({ label, other: false })),
        ],
        { title: vscode.l10n.t('Translate which guest-linear address?') },
      );
      if (!picked) return;
      if (!picked.other) {
        await translate(picked.label);
        return;
      }
      await translate(
        await vscode.window.showInputBox({
          title: vscode.l10n.t('Translate which guest-linear address?'),
          prompt: vscode.l10n.t('A number or an expression, such as 0x7c00, rsp + 8 or a label'),
          value: views.translation.options.address ?? '',
        }),
      );
    },
    'ringside.translateRow': (row?: Row) => translate(row?.node.expression ?? row?.node.value),
    'ringside.translateSelection': () => {
      const editor = vscode.window.activeTextEditor;
      if (!editor || !watcher.focus) return undefined;
      const { document, selection } = editor;
      if (!selection.isEmpty) return translate(addressIn(document.getText(selection)));
      const lines = (number: number): string => document.lineAt(number).text;
      const { line, character } = selection.active;
      const found = expressionAt(lines, line, character);
      return translate(found && addressIn(found.expression));
    },
  };
}

/** `dword [rsp+8]` stands for what lies there; what is translated is the address. */
function addressIn(text: string): string {
  return /\[(.*)\]/.exec(text)?.[1] ?? text;
}
