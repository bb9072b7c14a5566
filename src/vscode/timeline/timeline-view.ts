import * as vscode from 'vscode';
import { messageOf } from '../errors';
import {
  PastRequest,
  type GoToArguments,
  type HistoryArguments,
  type HistoryResponse,
} from '../../adapter/past/protocol';
import { fillView } from '../webviews/fill-view';
import { DEBUG_TYPE } from '../debug-type';
import type { SessionWatcher } from '../session/watcher';
import type { FromPage, Run, Shown, ToPage } from './messages';
import { STYLE } from './style';
import { pageTexts } from './texts';

const VIEW_ID = 'ringside.timeline';
/** By this the panel knows that there is somebody who fills it. */
const CONTEXT = 'ringside.active';
/** How fine the picture of a whole run is, and how often it is drawn while the guest runs (milliseconds). */
const STRETCHES = 600;
const EVERY = 1500;

/** The view *Timeline*: the run of the session in focus, and of the last one when it is over. A hidden one has no page. */
export class TimelineView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | undefined;
  private session: vscode.DebugSession | undefined;
  private readonly subscriptions: vscode.Disposable[];
  private readonly timer: ReturnType<typeof setInterval>;
  /** What it shows. */
  run: Run | undefined;
  /** What stands in the page, as it tells itself. */
  shown: Shown | undefined;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly watcher: SessionWatcher,
  ) {
    void vscode.commands.executeCommand('setContext', CONTEXT, true);
    this.subscriptions = [
      vscode.window.registerWebviewViewProvider(VIEW_ID, this),
      watcher.onFocus((focus) => {
        if (focus) void this.look(focus.session, 'stands');
      }),
      watcher.onRunning((session) => {
        if (session === this.session) void this.look(session, 'runs');
      }),
      vscode.debug.onDidStartDebugSession((session) => {
        if (session.type === DEBUG_TYPE) void this.awaitEnd(session);
      }),
    ];
    this.timer = setInterval(() => {
      const { run, session } = this;
      if (run?.state === 'runs' && session && this.view?.visible) void this.look(session, 'runs');
    }, EVERY);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.webview.onDidReceiveMessage((message: FromPage) => this.take(message));
    view.onDidDispose(() => {
      [this.view, this.shown] = [undefined, undefined];
    });
    fillView(this.extension, view, { script: 'timeline.js', texts: pageTexts(), style: STYLE });
  }

  /** Asks for the whole run anew. */
  private async look(session: vscode.DebugSession, state: Run['state']): Promise<void> {
    this.session = session;
    const history = await ask(session, { stretches: STRETCHES });
    if (history && this.session === session && !this.hasEnded(session)) {
      this.show({ id: session.id, title: session.name, state, history });
    }
  }

  private hasEnded({ id }: vscode.DebugSession): boolean {
    return this.run?.id === id && this.run.state === 'ended';
  }

  /** What is known at the end; of a session that somebody ends, what was known last. */
  private async awaitEnd(session: vscode.DebugSession): Promise<void> {
    const history = await ask(session, { stretches: STRETCHES, atEnd: true });
    const isShown = this.session === session || this.session === undefined;
    const known = history ?? (this.run?.id === session.id ? this.run.history : undefined);
    if (isShown && known) {
      this.show({ id: session.id, title: session.name, state: 'ended', history: known });
    }
  }

  private show(run: Run): void {
    this.run = run;
    if (this.view) this.view.description = run.title;
    this.post({ type: 'run', run });
  }

  private post(message: ToPage): void {
    void this.view?.webview.postMessage(message);
  }

  private async take(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.post({ type: 'run', run: this.run });
        return;
      case 'shown':
        this.shown = message.shown;
        return;
      case 'look':
        await this.lookAt(message.from, message.to);
        return;
      case 'goTo':
        await this.goTo(message.goal);
    }
  }

  private async lookAt(from: number, to: number): Promise<void> {
    const { session, run } = this;
    if (!session || run?.state === 'ended') return;
    const part = await ask(session, { from, to, stretches: STRETCHES });
    if (part) this.post({ type: 'part', part });
  }

  /** Goes to a moment, where the session stands. */
  async goTo(goal: GoToArguments): Promise<void> {
    const { session, run } = this;
    if (!session || !run) return;
    const why =
      run.state === 'ended'
        ? vscode.l10n.t('The session has ended: nobody can go to a moment of it any more.')
        : this.watcher.stands(session)
          ? run.history.noWayBack
          : vscode.l10n.t('The guest is running: pause it to go to another moment.');
    if (why !== undefined) {
      void vscode.window.showInformationMessage(why);
      return;
    }
    try {
      await session.customRequest(PastRequest.GO_TO, goal);
    } catch (error) {
      void vscode.window.showErrorMessage(messageOf(error));
    }
  }

  dispose(): void {
    clearInterval(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

/** @returns undefined where nobody answers any more */
async function ask(
  session: vscode.DebugSession,
  args: HistoryArguments,
): Promise<HistoryResponse | undefined> {
  try {
    return (await session.customRequest(PastRequest.HISTORY, args)) as HistoryResponse;
  } catch {
    return undefined;
  }
}
