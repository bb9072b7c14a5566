import * as vscode from 'vscode';

const SCHEME = 'ringside-state';

interface State {
  /** The way in which the guest is run. */
  readonly name: string;
  readonly text: string;
}

const texts = new Map<string, string>();

/** Serves the states of guests as texts that nobody can edit. */
export function registerStates(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      texts.delete(uri.toString());
    }),
  );
}

/** Two states side by side, beside the source. */
export async function showStates(one: State, other: State): Promise<void> {
  const moment = String(Date.now());
  const [left, right] = [one, other].map(({ name, text }) => {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}.txt`, query: moment });
    texts.set(uri.toString(), text);
    return uri;
  });
  const title = `${one.name} ↔ ${other.name}`;
  const options: vscode.TextDocumentShowOptions = {
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
    preview: true,
  };
  await vscode.commands.executeCommand('vscode.diff', left, right, title, options);
}
