import * as vscode from 'vscode';
import {
  PAGE_WALK,
  type PageWalkArguments,
  type PageWalkResponse,
} from '../../adapter/page-walk/protocol';
import type { Focus, SessionWatcher } from '../session/watcher';
import { fillView } from '../webviews/fill-view';
import type { FromPage, Shown, ToPage, Walk } from './messages';
import { STYLE } from './style';
import { pageTexts } from './texts';

const VIEW_ID = 'ringside.pageWalk';

/** The view *Page Walk*: a picture of one translation in the focused frame, read only while somebody sees it. */
export class PageWalkView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | undefined;
  private address = '';
  private state: ToPage['state'] = 'nothing';
  private pinned: Walk | undefined;
  private readonly subscriptions: vscode.Disposable[];
  /** What it shows. */
  walk: Walk | undefined;
  /** What stands in the page, as it tells itself. */
  shown: Shown | undefined;
  /** How often a walk was asked for. */
  requests = 0;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly watcher: SessionWatcher,
  ) {
    this.subscriptions = [
      vscode.window.registerWebviewViewProvider(VIEW_ID, this),
      watcher.onFocus((focus) => {
        if (focus) void this.look();
        else if (!watcher.session && this.walk) this.tell('ended');
      }),
      watcher.onRunning(() => {
        if (this.walk) this.tell('runs');
      }),
    ];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.webview.onDidReceiveMessage((message: FromPage) => this.take(message));
    view.onDidDispose(() => {
      [this.view, this.shown] = [undefined, undefined];
    });
    fillView(this.extension, view, { script: 'page-walk.js', texts: pageTexts(), style: STYLE });
  }

  /** Opens the view with the walk of an address, given as in Address Translation. */
  async show(address: string): Promise<void> {
    this.address = address;
    await vscode.commands.executeCommand(`${VIEW_ID}.focus`);
    await this.look();
  }

  /** Keeps the present picture beside those to come; or drops it. */
  pin(pin: boolean): void {
    this.pinned = pin ? this.walk : undefined;
    this.tell(this.state);
  }

  /** Reads the walk anew, if somebody sees it: a page that comes into sight says that it is ready. */
  private async look(): Promise<void> {
    const { focus } = this.watcher;
    if (!focus || this.view?.visible !== true) return;
    const { address } = this;
    const mine = ++this.requests;
    const response = await ask(focus, address);
    if (!response || mine !== this.requests) return;
    this.walk = { address, response };
    this.tell('stands');
  }

  private tell(state: ToPage['state']): void {
    this.state = state;
    const { walk, pinned } = this;
    if (this.view) this.view.description = walk?.response.picture?.address ?? '';
    const message: ToPage = { type: 'walks', state, walk, pinned };
    void this.view?.webview.postMessage(message);
  }

  private async take(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.tell(this.state);
        await this.look();
        return;
      case 'choose':
        this.address = message.address.trim();
        await this.look();
        return;
      case 'pin':
        this.pin(message.pin);
        return;
      case 'save':
        await save(message.svg);
        return;
      case 'shown':
        this.shown = message.shown;
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

/** @returns undefined where nobody answers any more */
async function ask(
  { session, frameId }: Focus,
  address: string,
): Promise<PageWalkResponse | undefined> {
  const args: PageWalkArguments = { address, ...(frameId !== undefined && { frameId }) };
  try {
    return (await session.customRequest(PAGE_WALK, args)) as PageWalkResponse;
  } catch {
    return undefined;
  }
}

async function save(svg: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'page-walk.svg') }),
    filters: { SVG: ['svg'] },
    title: vscode.l10n.t('Save Page Walk'),
  });
  if (uri) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(svg));
}
