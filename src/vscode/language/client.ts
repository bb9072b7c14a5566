import * as vscode from 'vscode';
import type { LanguageService, Place, Position, Range } from '../../language';
import type { LanguageModule } from '../platform';
import { translations } from '../translations';
import { isNasm } from './languages';
import { editorFiles, fileOf, uriOf } from './editor-files';
import { programOptions } from './program-options';

const SOURCES = '**/*.{asm,nasm,inc,mac}';

/** The language service with the editor's documents in it. It is loaded when the first question comes. */
export class LanguageClient implements vscode.Disposable {
  private loading: Promise<LanguageService> | undefined;
  private service: LanguageService | undefined;
  private readonly changes = new vscode.EventEmitter<vscode.TextDocument | undefined>();
  /** A document of ours has been opened or changed; undefined: files on the disk, or options, so that all may mean something else. */
  readonly onChange = this.changes.event;
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly load: () => Promise<LanguageModule>) {
    const watcher = vscode.workspace.createFileSystemWatcher(SOURCES);
    const onDisk = (uri: vscode.Uri): void => {
      this.service?.changedOnDisk(fileOf(uri));
      this.changes.fire(undefined);
    };
    this.subscriptions = vscode.Disposable.from(
      watcher,
      watcher.onDidChange(onDisk),
      watcher.onDidCreate(onDisk),
      watcher.onDidDelete(onDisk),
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.take(document);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.take(document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (isNasm(document)) this.service?.close(fileOf(document.uri));
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration('launch')) return;
        this.service?.invalidate();
        this.changes.fire(undefined);
      }),
    );
  }

  private take(document: vscode.TextDocument): void {
    if (!isNasm(document)) return;
    this.service?.set(fileOf(document.uri), document.getText());
    this.changes.fire(document);
  }

  /** Asks the service about a document; undefined when nobody waits for the answer any more. */
  async ask<T>(
    document: vscode.TextDocument,
    token: vscode.CancellationToken | undefined,
    question: (service: LanguageService, file: string) => Promise<T>,
  ): Promise<T | undefined> {
    const service = await this.get();
    const file = fileOf(document.uri);
    // One that has come in this moment may not have been announced yet.
    service.set(file, document.getText());
    if (token?.isCancellationRequested) return undefined;
    const answer = await question(service, file);
    return token?.isCancellationRequested ? undefined : answer;
  }

  get(): Promise<LanguageService> {
    return (this.loading ??= this.start());
  }

  private async start(): Promise<LanguageService> {
    const { LanguageService, speak } = await this.load();
    speak(translations());
    const service = new LanguageService({
      ...editorFiles,
      sources: async () =>
        (await vscode.workspace.findFiles(SOURCES, '**/node_modules/**', 500)).map(fileOf),
      options: programOptions,
    });
    for (const document of vscode.workspace.textDocuments)
      if (isNasm(document)) service.set(fileOf(document.uri), document.getText());
    return (this.service = service);
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.changes.dispose();
  }
}

export const toRange = ({ start, end }: Range): vscode.Range =>
  new vscode.Range(start.line, start.character, end.line, end.character);

export const toPosition = ({ line, character }: vscode.Position): Position => ({ line, character });

export const fromRange = ({ start, end }: vscode.Range): Range => ({
  start: toPosition(start),
  end: toPosition(end),
});

export const toLocation = ({ file, range }: Place): vscode.Location =>
  new vscode.Location(uriOf(file), toRange(range));
