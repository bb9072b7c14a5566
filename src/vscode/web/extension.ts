import * as vscode from 'vscode';
import { translations } from '../translations';
import { activateRingside, type RingsideApi } from '../activate';
import type { Platform } from '../platform';
import { loadAssets } from './assets';
import { breathe } from './breathe';
import { workspaceFiles } from './workspace-files';

/** The browser: the adapter lives in this worker and reads through the editor's file system. */
export function activate(context: vscode.ExtensionContext): RingsideApi {
  const platform: Platform = {
    kind: 'worker',
    loadLanguage: async () => {
      await loadAssets(context.extensionUri);
      return import('../../language');
    },
    createAdapter: () => createAdapter(context.extensionUri),
  };
  return activateRingside(context, platform);
}

async function createAdapter(extension: vscode.Uri): Promise<vscode.DebugAdapterDescriptor> {
  await loadAssets(extension);
  const [{ createAdapter }, { monitorSources }, { firmwareSources }] = await Promise.all([
    import('../../adapter/adapter'),
    import('ringside:monitor-sources'),
    import('ringside:firmware-sources'),
  ]);
  const adapter = createAdapter({
    files: workspaceFiles,
    breathe,
    shippedSources: { ...monitorSources, ...firmwareSources },
    translations: () => Promise.resolve(translations()),
  });
  return new vscode.DebugAdapterInlineImplementation(adapter as unknown as vscode.DebugAdapter);
}
