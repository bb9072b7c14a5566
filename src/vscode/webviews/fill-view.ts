import * as vscode from 'vscode';
import { pageHtml } from './page-html';

/** What stands in a view. */
export interface ViewPage {
  /** The name of its script among the built ones. */
  readonly script: string;
  /** What it says: data of the page. */
  readonly texts: { readonly title: string };
  readonly style: string;
}

/** Puts a page into a view that VS Code has made, which may run that script and no other. */
export function fillView(extension: vscode.Uri, view: vscode.WebviewView, page: ViewPage): void {
  const scripts = vscode.Uri.joinPath(extension, 'dist/webview');
  const { webview } = view;
  webview.options = { enableScripts: true, localResourceRoots: [scripts] };
  const script = webview.asWebviewUri(vscode.Uri.joinPath(scripts, page.script)).toString();
  const { texts, style } = page;
  webview.html = pageHtml(script, vscode.env.language, texts.title, JSON.stringify(texts), style);
}
