import * as vscode from 'vscode';
import type { RemarkEventBody } from '../../adapter/protocol';
import { sourceUri } from './source-uri';
import type { SessionWatcher } from './watcher';

/**
 * What the adapter remarks on lines of the source, behind them in the editor: until the session ends, or the text
 * is changed and nobody knows any more which line was meant.
 */
export class RemarkMarks implements vscode.Disposable {
  private readonly type = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorWarning.foreground'), margin: '0 0 0 2em' },
    overviewRulerColor: new vscode.ThemeColor('editorWarning.foreground'),
    isWholeLine: true,
  });
  /** By file, then by line. */
  private readonly remarks = new Map<string, Map<number, string>>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(watcher: SessionWatcher) {
    this.subscriptions = [
      this.type,
      watcher.onRemark(({ session, body }) => {
        this.add(sourceUri(body.source, session), body);
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.show();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.forget(document.uri.toString());
      }),
      vscode.debug.onDidTerminateDebugSession(() => {
        this.clear();
      }),
      vscode.debug.onDidStartDebugSession(() => {
        this.clear();
      }),
    ];
  }

  /** What is marked: 'line: text', for tests. */
  get texts(): readonly string[] {
    return [...this.remarks.values()].flatMap((lines) =>
      [...lines].map(([line, text]) => `${String(line + 1)}: ${text}`),
    );
  }

  private add(uri: vscode.Uri, { line, text }: RemarkEventBody): void {
    const key = uri.toString();
    const lines = this.remarks.get(key) ?? new Map<number, string>();
    this.remarks.set(key, lines.set(line - 1, text));
    this.show();
  }

  private forget(key: string): void {
    if (this.remarks.delete(key)) this.show();
  }

  private clear(): void {
    this.remarks.clear();
    this.show();
  }

  private show(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const lines = this.remarks.get(editor.document.uri.toString()) ?? new Map<number, string>();
      const within = [...lines].filter(([line]) => line < editor.document.lineCount);
      editor.setDecorations(
        this.type,
        within.map(([line, text]) => ({
          range: editor.document.lineAt(line).range,
          hoverMessage: text,
          renderOptions: { after: { contentText: text } },
        })),
      );
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
