import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';

/** More than one letter: a single one is a drive. */
const SCHEME = /^[A-Za-z][\w+.-]+:/;

/**
 * Where the editor finds a source of the adapter. In a browser, paths are whole URIs, which VS Code's own
 * `asDebugSourceUri` would take for paths on disk.
 */
export function sourceUri(source: DebugProtocol.Source, session: vscode.DebugSession): vscode.Uri {
  const { path, sourceReference } = source;
  if (!sourceReference && path !== undefined && SCHEME.test(path)) return vscode.Uri.parse(path);
  return vscode.debug.asDebugSourceUri(source, session);
}
