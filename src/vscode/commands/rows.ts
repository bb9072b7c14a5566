import * as vscode from 'vscode';
import { messageOf } from '../errors';
import { sourceUri } from '../session/source-uri';
import type { Row } from '../views/view-tree';
import type { CommandContext, Commands } from './commands';
import { showMemory } from './memory';

const FORMATS = ['hexadecimal', 'decimal', 'binary'] as const;

/** The context menu of the views' rows. */
export function rowCommands({ views, watcher }: CommandContext): Commands {
  return {
    'ringside.copyValue': (row?: Row) => copy(row?.node.value),
    'ringside.copyExpression': (row?: Row) => copy(row?.node.expression),
    'ringside.addToWatch': (row?: Row) => {
      const expression = row?.node.expression;
      if (expression === undefined) return undefined;
      return vscode.commands.executeCommand('debug.addToWatchExpressions', {
        container: { expression },
        sessionId: watcher.session?.id,
        variable: { name: row?.node.label, evaluateName: expression, value: row?.node.value ?? '' },
      });
    },
    'ringside.editValue': async (row?: Row) => {
      if (row?.node.editable !== true) return;
      const value = await vscode.window.showInputBox({
        title: row.node.label,
        prompt: vscode.l10n.t('A number or an expression, such as 0x10, rax + 8 or [rsp]'),
        value: row.node.value ?? '',
      });
      if (value === undefined) return;
      try {
        await views.of(row.view).edit(row, value);
      } catch (error) {
        void vscode.window.showErrorMessage(messageOf(error));
      }
    },
    'ringside.revealInMemory': async (row?: Row) => {
      const { focus } = watcher;
      const reference = row?.node.memoryReference;
      if (focus && reference !== undefined) await showMemory(focus.session, reference);
    },
    'ringside.goToRow': async (row?: Row) => {
      const location = row?.node.location;
      const session = watcher.session;
      if (!location || !session) return;
      const uri = sourceUri(location.source, session);
      const at = new vscode.Position(location.line - 1, (location.column ?? 1) - 1);
      await vscode.window.showTextDocument(uri, {
        selection: new vscode.Range(at, at),
        preserveFocus: true,
        preview: true,
      });
    },
    ...Object.fromEntries(
      FORMATS.map((format) => [`ringside.format.${format}`, () => set(format)]),
    ),
    'ringside.chooseFormat': async () => {
      const labels: Record<(typeof FORMATS)[number], string> = {
        hexadecimal: vscode.l10n.t('Hexadecimal'),
        decimal: vscode.l10n.t('Decimal'),
        binary: vscode.l10n.t('Binary'),
      };
      const picked = await vscode.window.showQuickPick(
        FORMATS.map((format) => ({ label: labels[format], format })),
        { title: vscode.l10n.t('How numbers are shown') },
      );
      if (picked) await set(picked.format);
    },
  };
}

async function copy(text: string | undefined): Promise<void> {
  if (text !== undefined) await vscode.env.clipboard.writeText(text);
}

async function set(format: (typeof FORMATS)[number]): Promise<void> {
  await vscode.workspace
    .getConfiguration('ringside')
    .update('numberFormat', format, vscode.ConfigurationTarget.Global);
}
