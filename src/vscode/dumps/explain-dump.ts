import * as vscode from 'vscode';
import type { DoctorModule, Platform } from '../platform';
import { translations } from '../translations';

/** Shows what the doctor says of a dump: the selection, the document in front, the clipboard, or a file. */

const SCHEME = 'ringside-dump';
/** The largest file that is read. */
const MOST_BYTES = 64 * 2 ** 20;

/** A text that may hold a dump. */
interface Source {
  readonly text: string;
  /** The document that it is from, to lead back to its lines. */
  readonly uri?: vscode.Uri;
}

const documents = new Map<string, string>();

/** Serves what was explained as documents that nobody can write. */
export function registerExplanations(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: (uri) => documents.get(uri.toString()) ?? '',
  });
}

/**
 * Explains the first text that there is with a dump in it.
 *
 * @param chosen a file that was chosen where the command was called
 * @throws Error with a message for people
 */
export async function explainDump(platform: Platform, chosen?: vscode.Uri): Promise<void> {
  const doctor = await platform.loadDoctor();
  doctor.speak(translations());
  const explained = (await explainOneOf(doctor, sources(chosen))) ?? (await explainFile(doctor));
  if (explained !== undefined) await show(explained);
}

/** Where a dump may be, the likeliest first. */
async function* sources(chosen: vscode.Uri | undefined): AsyncGenerator<Source> {
  const editor = vscode.window.activeTextEditor;
  const inFront = editor && (!chosen || sameFile(editor.document.uri, chosen));
  if (inFront && !editor.selection.isEmpty) yield selected(editor);
  if (inFront) yield { text: editor.document.getText(), uri: editor.document.uri };
  else if (chosen) yield { text: await read(chosen), uri: chosen };
  if (!chosen) yield { text: await vscode.env.clipboard.readText() };
}

const sameFile = (a: vscode.Uri, b: vscode.Uri): boolean => a.toString() === b.toString();

/** The selection, with as many empty lines before it as it has others: its lines keep their numbers. */
function selected({ document, selection }: vscode.TextEditor): Source {
  const before = '\n'.repeat(selection.start.line);
  return { text: before + document.getText(selection), uri: document.uri };
}

async function explainOneOf(
  doctor: DoctorModule,
  from: AsyncIterable<Source>,
): Promise<string | undefined> {
  for await (const source of from) {
    const explained = explain(doctor, source);
    if (typeof explained === 'string') return explained;
  }
  return undefined;
}

/** Asks for a file. @throws Error that says what was looked for in it */
async function explainFile(doctor: DoctorModule): Promise<string | undefined> {
  const [uri] = (await vscode.window.showOpenDialog({ canSelectMany: false })) ?? [];
  if (!uri) return undefined;
  const explained = explain(doctor, { text: await read(uri), uri });
  if (typeof explained !== 'string') throw explained;
  return explained;
}

/** What there is to say of a text; the reason why there is nothing. */
function explain(doctor: DoctorModule, { text, uri }: Source): string | Error {
  try {
    const diagnoses = doctor.diagnoseText(text);
    const lineLink = uri && ((line: number) => `${uri.toString()}#L${String(line)}`);
    return doctor.diagnosisDocument(diagnoses, lineLink ? { lineLink } : {});
  } catch (error) {
    if (error instanceof doctor.NoDump) return error;
    throw error;
  }
}

async function read(uri: vscode.Uri): Promise<string> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > MOST_BYTES) throw new Error(vscode.l10n.t('{0} is too large.', uri.fsPath));
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** Beside what is in front; as text where there is no preview. */
async function show(explained: string): Promise<void> {
  const uri = vscode.Uri.from({
    scheme: SCHEME,
    path: 'VMCS.md',
    query: String(Date.now()),
  });
  documents.clear(); // each is of one moment
  documents.set(uri.toString(), explained);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.languages.setTextDocumentLanguage(document, 'markdown');
  try {
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  } catch {
    await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
  }
}
