import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../debug-type';

/** The monitor of the active session, by which `package.json` shows what only some monitors have. */
const CONTEXT = 'ringside.monitor';

/** Tells VS Code by which monitor the guest of the active session runs. */
export function tellMonitor(): vscode.Disposable {
  return vscode.debug.onDidChangeActiveDebugSession((session) => {
    const monitor: unknown =
      session?.type === DEBUG_TYPE ? session.configuration['monitor'] : undefined;
    void vscode.commands.executeCommand('setContext', CONTEXT, monitor);
  });
}
