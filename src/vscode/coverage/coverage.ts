import * as vscode from 'vscode';
import {
  PastRequest,
  type CoverageResponse,
  type FileCoverageBody,
} from '../../adapter/past/protocol';
import { messageOf } from '../errors';
import { sourceUri } from '../session/source-uri';
import type { SessionWatcher } from '../session/watcher';

/** The lines that a run has executed, in VS Code's own coverage view: made when somebody asks for it first. */
export class ExecutedLines implements vscode.Disposable {
  private controller: vscode.TestController | undefined;
  private profile: vscode.TestRunProfile | undefined;
  /** What is shown: executed and all lines by file, for tests. */
  shown: ReadonlyMap<string, vscode.TestCoverageCount> = new Map();

  constructor(private readonly watcher: SessionWatcher) {}

  /** Asks the session in focus, which takes as long as its run did, and shows the answer. */
  async show(): Promise<void> {
    const session = this.watcher.focus?.session;
    if (!session) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Pause a Ringside session first: its lines up to there are shown.'),
      );
      return;
    }
    try {
      const found = await asked(session);
      if (found) await this.report(session, found);
    } catch (error) {
      void vscode.window.showErrorMessage(messageOf(error));
    }
  }

  private async report(session: vscode.DebugSession, { files }: CoverageResponse): Promise<void> {
    const [controller, profile] = this.tools();
    const details = new Map<string, vscode.StatementCoverage[]>();
    profile.loadDetailedCoverage = (_run, { uri }) =>
      Promise.resolve(details.get(uri.toString()) ?? []);
    const request = new vscode.TestRunRequest([], [], profile);
    const run = controller.createTestRun(request, session.name, false);
    const shown = new Map<string, vscode.TestCoverageCount>();
    for (const file of files) {
      const uri = sourceUri(file.source, session);
      const statements = statementsOf(file);
      details.set(uri.toString(), statements);
      const coverage = vscode.FileCoverage.fromDetails(uri, statements);
      shown.set(uri.toString(), coverage.statementCoverage);
      run.addCoverage(coverage);
    }
    run.end();
    this.shown = shown;
    await vscode.commands.executeCommand('workbench.view.testCoverage.focus');
  }

  private tools(): [vscode.TestController, vscode.TestRunProfile] {
    this.controller ??= vscode.tests.createTestController('ringside', 'Ringside');
    this.profile ??= this.controller.createRunProfile(
      vscode.l10n.t('Executed lines'),
      vscode.TestRunProfileKind.Coverage,
      () => this.show(),
    );
    return [this.controller, this.profile];
  }

  dispose(): void {
    this.controller?.dispose();
  }
}

/** @returns undefined where a person does not want to wait any longer */
async function asked(session: vscode.DebugSession): Promise<CoverageResponse | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Looking for the lines that were executed'),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (_progress, token) => {
    token.onCancellationRequested(() => {
      void session.customRequest('pause', { threadId: 1 });
    });
    try {
      return (await session.customRequest(PastRequest.COVERAGE)) as CoverageResponse;
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      throw error;
    }
  });
}

const statementsOf = ({ lines }: FileCoverageBody): vscode.StatementCoverage[] =>
  lines.map(
    ({ line, executed }) =>
      new vscode.StatementCoverage(executed, new vscode.Position(line - 1, 0)),
  );
