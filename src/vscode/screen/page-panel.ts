import * as vscode from 'vscode';
import { fromBase64 } from '../../adapter/memory/base64';
import type { Drawn, FromPage, ToPage } from './messages';
import { pageOf } from './page';

const VIEW_TYPE = 'ringside.screen';
/** How long the page may take to make a file of its canvas, in milliseconds. */
const PATIENCE = 10_000;

/** What the page tells whoever has opened it. */
export interface PanelEvents {
  /** There is a page, which has nothing to show yet. */
  ready(): void;
  /** It has drawn what it was given, and can take more. */
  drawn(): void;
  said(message: FromPage): void;
  closed(): void;
}

/** The panel with the page of the guest's screen. A hidden one has no page: it is made anew when it is seen. */
export class PagePanel {
  private readonly panel: vscode.WebviewPanel;
  private ready = false;
  private images: ((png: Uint8Array) => void)[] = [];
  /** What stands in the page, as it tells itself. */
  drawn: Drawn | undefined;

  constructor(
    extension: vscode.Uri,
    private readonly events: PanelEvents,
    preserveFocus: boolean,
  ) {
    const scripts = vscode.Uri.joinPath(extension, 'dist/webview');
    this.panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      vscode.l10n.t('Guest Screen'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus },
      { enableScripts: true, localResourceRoots: [scripts] },
    );
    const { webview } = this.panel;
    webview.onDidReceiveMessage((message: FromPage) => {
      this.take(message);
    });
    this.panel.onDidChangeViewState(() => {
      if (!this.panel.visible) this.ready = false;
    });
    this.panel.onDidDispose(() => {
      this.ready = false;
      events.closed();
    });
    webview.html = pageOf(webview, vscode.Uri.joinPath(scripts, 'screen.js'));
  }

  /** Whether somebody can see the page. */
  get visible(): boolean {
    return this.ready && this.panel.visible;
  }

  reveal(): void {
    this.panel.reveal(undefined, false);
  }

  post(message: ToPage): void {
    if (this.ready) void this.panel.webview.postMessage(message);
  }

  /** What is on the canvas as a PNG file; undefined when there is no page that answers. */
  async image(): Promise<Uint8Array | undefined> {
    if (!this.visible) return undefined;
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE));
    const image = new Promise<Uint8Array>((resolve) => this.images.push(resolve));
    this.post({ type: 'image' });
    return Promise.race([image, late]);
  }

  private take(message: FromPage): void {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.events.ready();
        return;
      case 'drawn':
        this.drawn = message.drawn;
        this.events.drawn();
        return;
      case 'image': {
        const images = this.images;
        this.images = [];
        for (const resolve of images) resolve(fromBase64(message.png));
        return;
      }
      default:
        this.events.said(message);
    }
  }

  dispose(): void {
    this.panel.dispose();
  }
}
