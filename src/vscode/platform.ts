import type * as vscode from 'vscode';

/** What differs between the extension hosts: where the debug adapter lives. */
export interface Platform {
  readonly kind: 'process' | 'worker';
  createAdapter(session: vscode.DebugSession): Promise<vscode.DebugAdapterDescriptor>;
}
