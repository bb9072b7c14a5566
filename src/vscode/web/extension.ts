import * as vscode from 'vscode';
import type { RingsideAdapter } from '../../adapter/adapter';
import { translations } from '../translations';
import { activateRingside, type RingsideApi } from '../activate';
import type { AdapterLink } from '../background/adapter-link';
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
    loadDoctor: () => import('../../doctor'),
    createAdapter: async () => {
      const adapter = await adapterIn(context.extensionUri);
      return new vscode.DebugAdapterInlineImplementation(adapter as unknown as vscode.DebugAdapter);
    },
    openAdapter: async () => linkTo(await adapterIn(context.extensionUri)),
  };
  return activateRingside(context, platform);
}

async function adapterIn(extension: vscode.Uri): Promise<RingsideAdapter> {
  await loadAssets(extension);
  const [{ createAdapter }, { monitorSources }, { firmwareSources }] = await Promise.all([
    import('../../adapter/adapter'),
    import('ringside:monitor-sources'),
    import('ringside:firmware-sources'),
  ]);
  return createAdapter({
    files: workspaceFiles,
    breathe,
    shippedSources: { ...monitorSources, ...firmwareSources },
    translations: () => Promise.resolve(translations()),
  });
}

/** It lives in this worker, too: long work has pauses, in which others have their turn. */
function linkTo(adapter: RingsideAdapter): AdapterLink {
  const messages = new vscode.EventEmitter<object>();
  adapter.onDidSendMessage((message: object) => {
    messages.fire(message);
  }, undefined);
  return {
    onMessage: messages.event,
    onEnd: () => new vscode.Disposable(() => undefined),
    send: (message) => {
      adapter.handleMessage(message);
    },
    dispose: () => {
      adapter.dispose();
      messages.dispose();
    },
  };
}
