import type * as vscode from 'vscode';

/** A debug adapter without a debug session: for what takes time and is asked for by other commands. */
export interface AdapterLink extends vscode.Disposable {
  readonly onMessage: vscode.Event<object>;
  /** It has ended, although nobody has disposed of it. */
  readonly onEnd: vscode.Event<void>;
  send(message: object): void;
}
