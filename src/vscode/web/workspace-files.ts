import * as vscode from 'vscode';
import type { SourceFiles } from '../../program';
import { readRegular } from '../language/regular-files';

/** In a browser a path of the adapter is a URI; one without a scheme is in the workspace. */
export function toUri(path: string): vscode.Uri {
  if (/^[A-Za-z][\w+.-]+:/.test(path)) return vscode.Uri.parse(path, true);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder ? folder.with({ path }) : vscode.Uri.file(path);
}

/** The assembler's files, through the editor's file system: also those of a virtual workspace. */
export const workspaceFiles: SourceFiles = {
  read: (path) => readRegular(toUri(path)),
};
