import * as vscode from 'vscode';
import type { RingsideAdapter } from '../../adapter/adapter';
import { translations } from '../translations';
import { activateRingside, type RingsideApi } from '../activate';
import type { AdapterLink } from '../background/adapter-link';
import type { Platform } from '../platform';
import { breathe } from './breathe';
import { loadBundle } from './bundles';
import { workspaceFiles } from './workspace-files';

/** The browser: the adapter lives in this worker and reads through the editor's file system. */
export function activate(context: vscode.ExtensionContext): RingsideApi {
  const platform: Platform = {
    kind: 'worker',
    loadLanguage: () => loadBundle(context.extensionUri, 'language.js'),
    loadDoctor: () => loadBundle(context.extensionUri, 'doctor.js'),
    createAdapter: async () => {
      const adapter = await adapterIn(context.extensionUri);
      return new vscode.DebugAdapterInlineImplementation(adapter as unknown as vscode.DebugAdapter);
    },
    openAdapter: async () => linkTo(await adapterIn(context.extensionUri)),
  };
  return activateRingside(context, platform);
}

async function adapterIn(extension: vscode.Uri): Promise<RingsideAdapter> {
  const ringside = await loadBundle(extension, 'ringside.js');
  const [{ createAdapter }, shippedSources] = await Promise.all([
    ringside.adapter(),
    ringside.shippedSources(),
  ]);
  return createAdapter({
    files: workspaceFiles,
    breathe,
    shippedSources,
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
