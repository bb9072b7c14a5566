import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { formatMemory } from './hex-dump';

const SCHEME = 'ringside-memory';
const BYTES = 4096;
const HEX_EDITOR = 'ms-vscode.hexeditor';

const texts = new Map<string, string>();

/** Serves memory as text, for those who have no hex editor. */
export function registerMemoryText(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
  });
}

/** Opens memory in the hex editor where there is one, else as a text of the next 4 KBytes. */
export async function showMemory(session: vscode.DebugSession, reference: string): Promise<void> {
  if (vscode.extensions.getExtension(HEX_EDITOR)) {
    await vscode.commands.executeCommand('workbench.debug.viewlet.action.viewMemory', {
      sessionId: session.id,
      variable: { name: reference, memoryReference: reference },
    });
    return;
  }
  const response = (await session.customRequest('readMemory', {
    memoryReference: reference,
    count: BYTES,
  })) as DebugProtocol.ReadMemoryResponse['body'];
  if (!response) return;
  const bytes = Uint8Array.from(atob(response.data ?? ''), (character) => character.charCodeAt(0));
  const uri = vscode.Uri.from({
    scheme: SCHEME,
    path: `${reference.replace(/[^\w.:+-]/g, '_')}.txt`,
    query: String(Date.now()),
  });
  texts.clear(); // each is a snapshot, read once
  texts.set(uri.toString(), formatMemory(BigInt(response.address), bytes));
  await vscode.window.showTextDocument(uri, { preview: true });
}
