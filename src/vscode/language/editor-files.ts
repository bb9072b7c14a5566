import * as vscode from 'vscode';
import type { LanguageHost } from '../../language';
import { measurePart, readRegular } from './regular-files';

/** The service's name for a file: its URI, readable, so that names in `%include` can be put behind its folder. */
export const fileOf = (uri: vscode.Uri): string => uri.toString(true);

/** The URI of a file named by the service, or by an absolute path in a source. */
export function uriOf(file: string): vscode.Uri {
  const isUri = /^[A-Za-z][\w+.-]+:/.test(file);
  return isUri ? vscode.Uri.parse(file.replaceAll('\\', '/'), true) : vscode.Uri.file(file);
}

/** Only whole names are looked for: what is relative belongs to the folder of some file. */
const isWhole = (file: string): boolean => /^([/\\]|[A-Za-z][\w+.-]*:)/.test(file);

function wholeUri(file: string): vscode.Uri {
  if (!isWhole(file)) throw new Error(`not in a folder: ${file}`);
  return uriOf(file);
}

/** Files through the editor: also those of virtual workspaces, and unsaved ones in other languages. */
export const editorFiles: Pick<LanguageHost, 'read' | 'readPart' | 'list'> = {
  read: async (file) => {
    const uri = wholeUri(file);
    const open = vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri.toString());
    return open ? new TextEncoder().encode(open.getText()) : readRegular(uri);
  },
  readPart: async (file, part) => measurePart(wholeUri(file), part),
  list: async (folder) => {
    try {
      const from = isWhole(folder) ? uriOf(folder) : workspaceFolder(folder);
      const entries = from ? await vscode.workspace.fs.readDirectory(from) : [];
      return entries.map(([name, type]) => ({
        name,
        isFolder: (type & vscode.FileType.Directory) !== 0,
      }));
    } catch {
      return [];
    }
  },
};

/** Files that are not saved yet are thought to be in the workspace's folder. */
function workspaceFolder(path: string): vscode.Uri | undefined {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  return root && vscode.Uri.joinPath(root, path.replace(/^untitled:/, ''));
}
