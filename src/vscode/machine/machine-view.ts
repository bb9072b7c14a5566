import * as vscode from 'vscode';
import {
  MACHINE,
  type Destination,
  type MachineArguments,
  type MachineResponse,
} from '../../adapter/machine-picture/protocol';
import type { Focus, SessionWatcher } from '../session/watcher';
import { fillView } from '../webviews/fill-view';
import type { FromPage, Shown, ToPage } from './messages';
import { STYLE } from './style';
import { pageTexts } from './texts';

const VIEW_ID = 'ringside.machine';

/** The view *The Machine*: where execution is in the focused guest, read only while somebody sees it. */
export class MachineView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | undefined;
  private state: ToPage['state'] = 'nothing';
  private readonly subscriptions: vscode.Disposable[];
  /** What it shows. */
  picture: MachineResponse | undefined;
  /** What stands in the page, as it tells itself. */
  shown: Shown | undefined;
  /** How often a picture was asked for. */
  requests = 0;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly watcher: SessionWatcher,
  ) {
    this.subscriptions = [
      vscode.window.registerWebviewViewProvider(VIEW_ID, this),
      watcher.onFocus((focus) => {
        if (focus) void this.look();
        else if (!watcher.session && this.picture) this.tell('ended');
      }),
      watcher.onRunning(() => {
        if (this.picture) this.tell('runs');
      }),
    ];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.webview.onDidReceiveMessage((message: FromPage) => this.take(message));
    view.onDidDispose(() => {
      [this.view, this.shown] = [undefined, undefined];
    });
    fillView(this.extension, view, { script: 'machine.js', texts: pageTexts(), style: STYLE });
  }

  /** Reads the picture anew, if somebody sees it: a page that comes into sight says that it is ready. */
  private async look(): Promise<void> {
    const { focus } = this.watcher;
    if (!focus || this.view?.visible !== true) return;
    const mine = ++this.requests;
    const picture = await ask(focus);
    if (!picture || mine !== this.requests) return;
    this.picture = picture;
    this.tell('stands');
  }

  private tell(state: ToPage['state']): void {
    this.state = state;
    const { picture, view } = this;
    if (view) view.description = picture?.title ?? '';
    const message: ToPage = { type: 'machine', state, picture };
    void view?.webview.postMessage(message);
  }

  private async take(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.tell(this.state);
        await this.look();
        return;
      case 'open':
        await open(message.destination);
        return;
      case 'reveal':
        await vscode.commands.executeCommand('ringside.goToRow', {
          node: { location: message.location },
        });
        return;
      case 'shown':
        this.shown = message.shown;
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

const open = (destination: Destination): Thenable<unknown> =>
  vscode.commands.executeCommand(`ringside.${destination}.focus`);

/** @returns undefined where nobody answers any more */
async function ask({ session, frameId }: Focus): Promise<MachineResponse | undefined> {
  const args: MachineArguments = { ...(frameId !== undefined && { frameId }) };
  try {
    return (await session.customRequest(MACHINE, args)) as MachineResponse;
  } catch {
    return undefined;
  }
}
