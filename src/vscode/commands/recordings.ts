import * as vscode from 'vscode';
import { messageOf } from '../errors';
import { PastRequest, type SavedRecording } from '../../adapter/past/protocol';
import { debugRecording } from '../recordings/debug-recording';
import type { CommandContext, Commands } from './commands';

const filters = (): Record<string, string[]> => ({
  [vscode.l10n.t('Recordings of Ringside')]: ['ringside'],
});

/** Recordings of sessions as files. */
export function recordingCommands({ watcher }: CommandContext): Commands {
  return {
    /** @param to where; undefined: a person is asked */
    'ringside.saveRecording': async (to?: unknown) => {
      const session = watcher.focus?.session;
      if (!session) return;
      try {
        const saved = (await session.customRequest(PastRequest.SAVE)) as SavedRecording;
        const uri = to instanceof vscode.Uri ? to : await askWhere(saved.name);
        if (uri) await vscode.workspace.fs.writeFile(uri, bytesOf(saved));
      } catch (error) {
        const text = messageOf(error);
        void vscode.window.showErrorMessage(text);
      }
    },
    'ringside.debugRecording': async (of?: unknown) => {
      const uri = of instanceof vscode.Uri ? of : await askWhich();
      if (uri) await debugRecording(uri);
    },
  };
}

async function askWhere(name: string): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: filters(),
    title: vscode.l10n.t('Save the recording of this session'),
  });
}

async function askWhich(): Promise<vscode.Uri | undefined> {
  const title = vscode.l10n.t('Open a recording');
  return (await vscode.window.showOpenDialog({ filters: filters(), title }))?.[0];
}

function bytesOf({ data }: SavedRecording): Uint8Array {
  const binary = atob(data);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
