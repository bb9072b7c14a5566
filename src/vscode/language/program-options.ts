import * as vscode from 'vscode';
import type { ProgramOptions } from '../../language';
import { DEBUG_TYPE } from '../debug-type';
import { fileOf, uriOf } from './editor-files';

interface Configuration {
  readonly type?: string;
  readonly program?: string;
  readonly defines?: Record<string, string>;
  readonly includeDirs?: readonly string[];
}

/** How a program is assembled: as the launch configuration says by which it is debugged. */
export function programOptions(root: string): ProgramOptions {
  const uri = uriOf(root);
  const folder = vscode.workspace.getWorkspaceFolder(uri) ?? vscode.workspace.workspaceFolders?.[0];
  const launch = vscode.workspace.getConfiguration('launch', folder?.uri);
  const all = launch.get<readonly Configuration[]>('configurations', []);
  const ours = all.filter(({ type }) => type === DEBUG_TYPE);
  const own =
    ours.find(({ program }) => meant(program, uri)) ??
    ours.find(({ program }) => program === '${file}');
  const folders = (own?.includeDirs ?? []).flatMap((path) =>
    folder ? [inFolder(path, folder.uri)] : [],
  );
  // As NASM does in its working folder; and a file that is not saved yet has no folder of its own.
  if (folder) folders.push(`${fileOf(folder.uri)}/`);
  return { defines: own?.defines ?? {}, includeDirs: folders };
}

const withoutFolder = (path: string): string =>
  path.replace(/^\$\{workspaceFolder\}[/\\]?/, '').replaceAll('\\', '/');

function meant(program: string | undefined, uri: vscode.Uri): boolean {
  return (
    program !== undefined &&
    program !== '' &&
    uri.path.endsWith(`/${withoutFolder(program).replace(/^\//, '')}`)
  );
}

function inFolder(path: string, folder: vscode.Uri): string {
  const own = withoutFolder(path);
  const absolute = own.startsWith('/') && !path.startsWith('${workspaceFolder}');
  return `${fileOf(absolute ? folder.with({ path: own }) : vscode.Uri.joinPath(folder, own))}/`;
}
