import * as vscode from 'vscode';
import {
  FileTrouble,
  MAX_FILE,
  type FilePart,
  type FileTroubleKind,
} from '../../program/source-files';

/** Reads a regular file through the editor's file system. @throws FileTrouble */
export async function readRegular(uri: vscode.Uri): Promise<Uint8Array> {
  const { type, size } = await regular(uri);
  if (size > MAX_FILE) throw new FileTrouble('too-large', MAX_FILE);
  // What has neither type nor size may be a device on another computer: it counts as empty.
  if (type === vscode.FileType.Unknown && size === 0) return new Uint8Array(0);
  return vscode.workspace.fs.readFile(uri).then((bytes) => bytes, rethrow);
}

/**
 * As many bytes as a part of a file has: the editor's file system gives whole files only, and who asks for parts of
 * what may be huge wants no more than to know where things lie. @throws FileTrouble
 */
export async function measurePart(
  uri: vscode.Uri,
  { offset, length = Infinity }: FilePart,
): Promise<Uint8Array> {
  const { size } = await regular(uri);
  const wanted = Math.max(0, Math.min(length, size - offset));
  if (wanted > MAX_FILE) throw new FileTrouble('too-large', MAX_FILE);
  return new Uint8Array(wanted);
}

/** On a disk, what is neither file nor folder is a device or pipe; other file systems may not tell types. */
async function regular(uri: vscode.Uri): Promise<vscode.FileStat> {
  const found = await vscode.workspace.fs.stat(uri).then((stat) => stat, rethrow);
  if ((found.type & vscode.FileType.Directory) !== 0) throw new FileTrouble('folder');
  if ((found.type & vscode.FileType.File) === 0 && uri.scheme === 'file')
    throw new FileTrouble('device');
  return found;
}

const KINDS: Readonly<Record<string, FileTroubleKind>> = {
  FileNotFound: 'missing',
  FileNotADirectory: 'missing',
  FileIsADirectory: 'folder',
  NoPermissions: 'no-permission',
};

function rethrow(error: unknown): never {
  const code = error instanceof vscode.FileSystemError ? error.code : '';
  if (/ELOOP/.test(String(error))) throw new FileTrouble('link-loop');
  throw new FileTrouble(KINDS[code] ?? 'other', code || String(error));
}
