import * as vscode from 'vscode';
import type { Problem } from '../../language';
import { toLocation, toRange, type LanguageClient } from './client';
import { fileOf, uriOf } from './editor-files';
import { isNasm } from './languages';

const SEVERITIES: Readonly<Record<Problem['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

type Found = ReadonlyMap<string, readonly Problem[]>;

/** What is wrong with the open files, while they are written. */
export class LiveDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('ringside-live');
  /** What each open file has led to, in all files of its program. */
  private readonly found = new Map<string, Found>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly client: LanguageClient,
    /** Called when something new is known. */
    private readonly updated: () => void,
  ) {
    this.subscriptions = vscode.Disposable.from(
      client.onChange((document) => {
        if (document) this.schedule(document);
        else this.scheduleAll();
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.forget(fileOf(document.uri));
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('ringside.diagnostics')) this.scheduleAll();
      }),
    );
    this.scheduleAll();
  }

  /** Whether the messages about a file are shown here. */
  covers(uri: vscode.Uri): boolean {
    const file = fileOf(uri);
    return [...this.found.values()].some((found) => found.has(file));
  }

  private scheduleAll(): void {
    for (const document of vscode.workspace.textDocuments)
      if (isNasm(document)) this.schedule(document);
  }

  /** Waits until the person pauses. */
  private schedule(document: vscode.TextDocument): void {
    const file = fileOf(document.uri);
    const settings = vscode.workspace.getConfiguration('ringside.diagnostics', document.uri);
    clearTimeout(this.timers.get(file));
    if (!settings.get('enabled', true)) {
      this.forget(file);
      return;
    }
    const look = (): void => {
      this.timers.delete(file);
      void this.look(document, file);
    };
    this.timers.set(file, setTimeout(look, settings.get('delay', 300)));
  }

  private async look(document: vscode.TextDocument, file: string): Promise<void> {
    if (document.isClosed) return;
    const { version } = document;
    const found = await this.client.ask(document, undefined, (service) => service.problems(file));
    // A later change has its own turn.
    if (!found || document.isClosed || document.version !== version) return;
    const before = this.found.get(file);
    this.found.set(file, found);
    this.show([...(before?.keys() ?? []), ...found.keys()]);
    this.updated();
  }

  private forget(file: string): void {
    clearTimeout(this.timers.get(file));
    this.timers.delete(file);
    const before = this.found.get(file);
    this.found.delete(file);
    if (before) this.show([...before.keys()]);
  }

  /** The messages about these files, from all programs that have been looked at. */
  private show(files: readonly string[]): void {
    for (const file of new Set(files)) {
      const all = new Map<string, Problem>();
      for (const found of this.found.values())
        for (const problem of found.get(file) ?? [])
          all.set(`${problem.message} ${JSON.stringify(problem.range)}`, problem);
      this.collection.set(uriOf(file), [...all.values()].map(toDiagnostic));
    }
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.subscriptions.dispose();
    this.collection.dispose();
  }
}

function toDiagnostic({ range, message, severity, related }: Problem): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(toRange(range), message, SEVERITIES[severity]);
  diagnostic.source = 'ringside';
  diagnostic.relatedInformation = related.map(
    (r) => new vscode.DiagnosticRelatedInformation(toLocation(r.place), r.message),
  );
  return diagnostic;
}
