import * as vscode from 'vscode';
import { CustomRequest, type SourceSavedResponse } from '../../adapter/protocol';
import { DEBUG_TYPE } from '../debug-type';
import { pathOf } from './configurations';

/**
 * Tells sessions which files are saved, and people once when one is part of a program that runs: what they see in the
 * editor is not what runs.
 */
export class EditedSources implements vscode.Disposable {
  private readonly sessions = new Set<vscode.DebugSession>();
  private readonly subscriptions = [
    vscode.debug.onDidStartDebugSession((session) => {
      if (session.type === DEBUG_TYPE) this.sessions.add(session);
    }),
    vscode.debug.onDidTerminateDebugSession((session) => {
      this.sessions.delete(session);
    }),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      for (const session of this.sessions) void this.saved(session, uri);
    }),
  ];

  private async saved(session: vscode.DebugSession, uri: vscode.Uri): Promise<void> {
    const answer = await askOf(session, uri);
    if (!answer?.told) return;
    const restart = vscode.l10n.t('Restart');
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    const chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t(
        '{0} has been edited since it was assembled: the guest runs what it was. Breakpoints and lines follow the edit.',
        name,
      ),
      restart,
    );
    if (chosen === restart && this.sessions.has(session)) {
      await vscode.commands.executeCommand('workbench.action.debug.restart', undefined, {
        sessionId: session.id,
      });
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

/** A session that ends meanwhile has nothing to say. */
async function askOf(
  session: vscode.DebugSession,
  uri: vscode.Uri,
): Promise<SourceSavedResponse | undefined> {
  try {
    const path = pathOf(uri);
    return (await session.customRequest(CustomRequest.SOURCE_SAVED, {
      path,
    })) as SourceSavedResponse;
  } catch {
    return undefined;
  }
}
