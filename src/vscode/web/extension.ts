import * as vscode from 'vscode';
import { firmwareSources } from 'ringside:firmware-sources';
import { monitorSources } from 'ringside:monitor-sources';
import { createAdapter } from '../../adapter/adapter';
import { translations } from '../translations';
import { activateRingside, type RingsideApi } from '../activate';
import type { Platform } from '../platform';
import { breathe } from './breathe';
import { workspaceFiles } from './workspace-files';

/** The browser: the adapter lives in this worker and reads through the editor's file system. */
export function activate(context: vscode.ExtensionContext): RingsideApi {
  const platform: Platform = {
    kind: 'worker',
    loadLanguage: () => import('../../language'),
    createAdapter: () => {
      const adapter = createAdapter({
        files: workspaceFiles,
        breathe,
        shippedSources: { ...monitorSources, ...firmwareSources },
        translations: () => Promise.resolve(translations()),
      });
      return Promise.resolve(
        new vscode.DebugAdapterInlineImplementation(adapter as unknown as vscode.DebugAdapter),
      );
    },
  };
  return activateRingside(context, platform);
}
