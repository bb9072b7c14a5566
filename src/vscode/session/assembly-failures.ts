import * as vscode from 'vscode';
import type { DiagnosticsEventBody } from '../../adapter/protocol';
import { sourceUri } from './source-uri';
import type { SessionWatcher } from './watcher';

/** A program with errors is not run: says so, and leads to the first of them. */
export function tellAssemblyFailures(watcher: SessionWatcher): vscode.Disposable {
  return watcher.onDiagnostics(({ session, body }) => {
    if (body.failure !== undefined) void tell(session, body.failure, body.diagnostics);
  });
}

async function tell(
  session: vscode.DebugSession,
  failure: string,
  diagnostics: DiagnosticsEventBody['diagnostics'],
): Promise<void> {
  const [goTo, problems] = [vscode.l10n.t('Go to Error'), vscode.l10n.t('Show Problems')];
  const chosen = await vscode.window.showErrorMessage(failure, goTo, problems);
  const first = diagnostics.find(({ severity }) => severity === 'error');
  if (chosen === problems) await vscode.commands.executeCommand('workbench.actions.view.problems');
  if (chosen !== goTo || !first) return;
  const { file, line, column, endColumn } = first;
  await vscode.window.showTextDocument(sourceUri({ path: file }, session), {
    selection: new vscode.Range(line - 1, column - 1, line - 1, endColumn - 1),
  });
}
