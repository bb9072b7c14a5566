import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../debug-type';

/** Set once a guest was debugged in this window; `package.json` binds F5 in the monitor's sources by it. */
const CONTEXT = 'ringside.hasRun';

/**
 * Remembers the guest that was debugged last. In front of a source of the monitor F5 means that guest: to
 * VS Code it is just a TypeScript file, for which it would offer other debuggers.
 */
export class LastGuest implements vscode.Disposable {
  private last: vscode.DebugSession | undefined;
  private readonly subscription = vscode.debug.onDidStartDebugSession((session) => {
    if (session.type !== DEBUG_TYPE) return;
    this.last = session;
    void vscode.commands.executeCommand('setContext', CONTEXT, true);
  });

  /** Debugs it again. */
  async debug(): Promise<void> {
    const { last } = this;
    if (last) await vscode.debug.startDebugging(last.workspaceFolder, last.configuration);
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
