import * as vscode from 'vscode';
import { chord } from '../../machine/devices/keys';
import type { CommandContext, Commands } from './commands';

/** The guest's screen and keyboard. */
export function screenCommands({ watcher, screen }: CommandContext): Commands {
  return {
    'ringside.showGuestScreen': () => {
      screen.show(watcher.session);
    },
    'ringside.pasteIntoGuest': async () => {
      await screen.type({ text: await vscode.env.clipboard.readText() });
    },
    'ringside.pressCtrlAltDel': () =>
      screen.type({ keys: chord('ControlLeft', 'AltLeft', 'Delete') }),
    'ringside.copyScreenText': async () => {
      await vscode.env.clipboard.writeText(screen.drawn?.text ?? '');
    },
    'ringside.saveScreenshot': async () => {
      const png = await screen.image();
      if (!png) return;
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      const uri = await vscode.window.showSaveDialog({
        ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'screen.png') }),
        filters: { PNG: ['png'] },
        title: vscode.l10n.t('Save Screenshot'),
      });
      if (uri) await vscode.workspace.fs.writeFile(uri, png);
    },
  };
}
