import * as vscode from 'vscode';
import type { ComparisonBody, ReportKind } from '../../adapter/comparison/protocol';
import { uriOf } from '../language/editor-files';
import type { FromPage, Shown, ToPage } from './messages';
import { pageHtml } from '../webviews/page-html';
import { STYLE } from './style';
import { pageTexts } from './texts';

const VIEW_TYPE = 'ringside.comparison';
const EXTENSIONS: Readonly<Record<ReportKind, string>> = {
  json: 'json',
  csv: 'csv',
  markdown: 'md',
};

/** The panel *Techniques Compared*. A hidden one has no page: it is made anew when it is seen. */
export class ComparisonPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  /** What it shows. */
  body: ComparisonBody | undefined;
  /** What stands in the page, as it tells itself. */
  shown: Shown | undefined;

  constructor(private readonly extension: vscode.Uri) {}

  show(body: ComparisonBody): void {
    this.body = body;
    this.shown = undefined;
    if (this.panel) {
      this.panel.reveal();
      this.post();
    } else {
      this.open();
    }
  }

  private open(): void {
    const texts = pageTexts();
    const scripts = vscode.Uri.joinPath(this.extension, 'dist/webview');
    const panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      texts.title,
      vscode.ViewColumn.Active,
      { enableScripts: true, localResourceRoots: [scripts] },
    );
    this.panel = panel;
    panel.webview.onDidReceiveMessage((message: FromPage) => this.take(message));
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.shown = undefined;
    });
    const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(scripts, 'comparison.js'));
    const { language } = vscode.env;
    panel.webview.html = pageHtml(
      script.toString(),
      language,
      texts.title,
      JSON.stringify(texts),
      STYLE,
    );
  }

  private post(): void {
    if (!this.body) return;
    const { title, note, ways, groups, costs, notRun } = this.body;
    const body = { title, note, ways, groups, costs, notRun };
    const message: ToPage = { type: 'comparison', body };
    void this.panel?.webview.postMessage(message);
  }

  private async take(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.post();
        return;
      case 'shown':
        this.shown = message.shown;
        return;
      case 'goTo':
        await this.goTo(message.way);
        return;
      case 'export':
        await this.export(message.kind);
    }
  }

  /** Shows the line after which the guest is another in a way. */
  async goTo(way: string): Promise<void> {
    const place = this.body?.ways.find(({ name }) => name === way)?.parting;
    if (place?.source.path === undefined) return;
    const at = new vscode.Position(Math.max(0, place.line - 1), 0);
    await vscode.window.showTextDocument(uriOf(place.source.path), {
      selection: new vscode.Range(at, at),
      viewColumn: vscode.ViewColumn.Beside,
    });
  }

  private async export(kind: ReportKind): Promise<void> {
    if (!this.body) return;
    const { files, title } = this.body;
    const extension = EXTENSIONS[kind];
    const name = `${title.replace(/\.[^.]*$/, '')}-comparison.${extension}`;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const uri = await vscode.window.showSaveDialog({
      ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
      filters: { [extension.toUpperCase()]: [extension] },
      title: pageTexts().exports[kind].replace('…', ''),
    });
    if (uri) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(files[kind]));
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
