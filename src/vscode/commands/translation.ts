import * as vscode from 'vscode';
import type { ViewNode } from '../../adapter/protocol';
import { expressionAt } from '../language/expression-at';
import type { Row } from '../views/view-tree';
import type { CommandContext, Commands } from './commands';

/** Choosing the address that the Address Translation view shows. */
export function translationCommands({ views, watcher, pageWalk }: CommandContext): Commands {
  const translate = async (expression: string | undefined): Promise<void> => {
    if (expression === undefined || expression.trim() === '') return;
    views.translation.options = { address: expression.trim() };
    await vscode.commands.executeCommand('ringside.translation.focus');
  };
  return {
    'ringside.translateAddress': async () => {
      const suggestions = await views.translation.hidden('suggestions');
      await translate(await pickAddress(suggestions, views.translation.options.address));
    },
    'ringside.translateRow': (row?: Row) => translate(row?.node.expression ?? row?.node.value),
    /** What Address Translation shows in rows, as a picture. */
    'ringside.showPageWalk': () => pageWalk.show(views.translation.options.address ?? ''),
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

/** Lets a person choose one of the suggestions, or type anything: what is typed is a choice, too. */
function pickAddress(
  suggestions: readonly ViewNode[],
  present: string | undefined,
): Promise<string | undefined> {
  const picker = vscode.window.createQuickPick<Choice>();
  const fixed = suggestions.map(({ label, description = '', expression }): Choice => {
    return { label, description, expression: expression ?? label };
  });
  picker.title = vscode.l10n.t('Translate which address?');
  picker.placeholder = vscode.l10n.t('rbx, rsp + 8, a label, user write 0x1000, host rsp …');
  picker.matchOnDescription = true;
  picker.items = fixed;
  picker.onDidChangeValue((value) => {
    picker.items = value.trim() === '' ? fixed : [typed(value), ...fixed];
  });
  if (present !== undefined) picker.value = present;
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.expression ?? picker.value);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

interface Choice extends vscode.QuickPickItem {
  readonly expression: string;
}

/** The typed text as the first item, so that Enter takes it. */
const typed = (value: string): Choice => ({
  label: value,
  expression: value,
  description: vscode.l10n.t('as typed'),
  alwaysShow: true,
});

/** `dword [rsp+8]` stands for what lies there; what is translated is the address. */
function addressIn(text: string): string {
  return /\[(.*)\]/.exec(text)?.[1] ?? text;
}
