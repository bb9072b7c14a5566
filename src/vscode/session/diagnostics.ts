import * as vscode from 'vscode';
import type { DiagnosticsEventBody } from '../../adapter/protocol';
import { sourceUri } from './source-uri';
import type { SessionWatcher } from './watcher';

type Severity = DiagnosticsEventBody['diagnostics'][number]['severity'];

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** What the assembler has to say, in the Problems panel; replaced at each launch. */
export class ProgramDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('ringside');
  private readonly subscription: vscode.Disposable;

  /** @param isLive whether a file's messages are shown while it is edited, so that these would be doubles */
  constructor(
    watcher: SessionWatcher,
    private readonly isLive: (uri: vscode.Uri) => boolean,
  ) {
    this.subscription = watcher.onDiagnostics(({ session, body }) => {
      this.show(session, body);
    });
  }

  private show(session: vscode.DebugSession, { files, diagnostics }: DiagnosticsEventBody): void {
    const uriOf = (path: string): vscode.Uri => sourceUri({ path }, session);
    for (const file of files) this.collection.delete(uriOf(file));
    for (const file of new Set(diagnostics.map((diagnostic) => diagnostic.file))) {
      if (this.isLive(uriOf(file))) continue;
      const those = diagnostics.filter((diagnostic) => diagnostic.file === file);
      this.collection.set(
        uriOf(file),
        those.map(({ line, column, endColumn, severity, message, related }) => {
          const range = new vscode.Range(line - 1, column - 1, line - 1, endColumn - 1);
          const shown = new vscode.Diagnostic(range, message, SEVERITIES[severity]);
          shown.source = 'ringside';
          if (related) {
            shown.relatedInformation = related.map(
              (r) =>
                new vscode.DiagnosticRelatedInformation(
                  new vscode.Location(uriOf(r.file), new vscode.Position(r.line - 1, r.column - 1)),
                  r.message,
                ),
            );
          }
          return shown;
        }),
      );
    }
  }

  dispose(): void {
    this.subscription.dispose();
    this.collection.dispose();
  }
}
