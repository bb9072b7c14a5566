import * as vscode from 'vscode';
import { activateRingside, type RingsideApi } from '../activate';
import type { Platform } from '../platform';
import { ForkedAdapter } from './forked-adapter';

/** Desktop and remote: the adapter is a process of its own, so that a busy guest blocks nobody. */
export function activate(context: vscode.ExtensionContext): RingsideApi {
  const commandLine = vscode.Uri.joinPath(context.extensionUri, 'dist/cli.js').fsPath;
  const platform: Platform = {
    kind: 'process',
    // Bundles of their own beside this one, so that the extension starts fast.
    loadLanguage: () => import('./language.js'),
    loadDoctor: () => import('./doctor.js'),
    createAdapter: () =>
      Promise.resolve(
        new vscode.DebugAdapterExecutable(
          // VS Code knows this word and takes its own Node: nothing has to be installed.
          'node',
          [commandLine, 'dap'],
        ),
      ),
    openAdapter: () => Promise.resolve(new ForkedAdapter(commandLine)),
  };
  return activateRingside(context, platform);
}
