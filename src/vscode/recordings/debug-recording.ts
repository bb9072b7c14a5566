import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../debug-type';
import { pathOf } from '../session/configurations';

/** Starts a session that opens a recording. @returns whether it has begun */
export async function debugRecording(uri: vscode.Uri): Promise<boolean> {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  return vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(uri), {
    type: DEBUG_TYPE,
    request: 'attach',
    name,
    recording: pathOf(uri),
  });
}
