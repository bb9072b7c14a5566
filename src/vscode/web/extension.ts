import * as vscode from 'vscode';
import { monitorSources } from 'ringside:monitor-sources';
import { createAdapter } from '../../adapter/adapter';
import { activateRingside, type RingsideApi } from '../activate';
import type { Platform } from '../platform';
import { breathe } from './breathe';
import { kindOf, workspaceFiles } from './workspace-files';

/** The browser: the adapter lives in this worker and reads through the editor's file system. */
export function activate(context: vscode.ExtensionContext): RingsideApi {
  const platform: Platform = {
    kind: 'worker',
    createAdapter: () => {
      const adapter = createAdapter({
        files: workspaceFiles,
        kindOf,
        breathe,
        monitorSources,
        translations: () => Promise.resolve(translations()),
      });
      return Promise.resolve(
        new vscode.DebugAdapterInlineImplementation(adapter as unknown as vscode.DebugAdapter),
      );
    },
  };
  return activateRingside(context, platform);
}

/** The bundle of the editor's own display language, already loaded by it. */
function translations(): Record<string, string> | undefined {
  const bundle = vscode.l10n.bundle;
  if (!bundle) return undefined;
  return Object.fromEntries(
    Object.entries(bundle).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : (value as { message: string }).message,
    ]),
  );
}
