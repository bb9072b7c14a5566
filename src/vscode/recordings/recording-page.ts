import * as vscode from 'vscode';
import { debugRecording } from './debug-recording';
import { pageHtml } from './page-html';

const VIEW_TYPE = 'ringside.recording';

/** What is shown in place of a recording's bytes: a page with a button that debugs it. */
export function registerRecordingPage(): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, panel) => {
      const { webview } = panel;
      webview.options = { enableScripts: true, localResourceRoots: [] };
      webview.html = pageOf(uri.path.slice(uri.path.lastIndexOf('/') + 1));
      webview.onDidReceiveMessage(() => debugRecording(uri));
    },
  };
  return vscode.window.registerCustomEditorProvider(VIEW_TYPE, provider);
}

function pageOf(name: string): string {
  const about = vscode.l10n.t(
    'A recording of Ringside: a run of a guest, with its program and everything that came from outside. It opens where whoever saved it stood, and can be gone through to and fro.',
  );
  const debug = vscode.l10n.t('Debug This Recording');
  return pageHtml({ name, about, debug, language: vscode.env.language });
}
