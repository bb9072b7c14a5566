import * as vscode from 'vscode';
import {
  CustomRequest,
  type KeysArguments,
  type ScreenArguments,
  type ScreenBody,
  type ScreenResponse,
} from '../../adapter/protocol';
import { DEBUG_TYPE } from '../debug-type';
import type { SessionWatcher } from '../session/watcher';
import type { Drawn, FromPage } from './messages';
import { PagePanel } from './page-panel';

/** Between two pictures, in milliseconds: 25 a second. */
const INTERVAL = 40;

/** Whether the panel is there: commands that need it are enabled by it. */
const CONTEXT = 'ringside.guestScreenOpen';

/**
 * The panel *Guest Screen*: what a monitor at the guest's VGA shows, and a keyboard and a mouse for the guest. It asks
 * for the screen while it is seen and the guest runs, and once at each stop.
 */
export class GuestScreen implements vscode.Disposable {
  private panel: PagePanel | undefined;
  private session: vscode.DebugSession | undefined;
  /** The screen of a guest that has ended: nobody can be asked for it any more. */
  private left: ScreenBody | undefined;
  /** What the page has; undefined: nothing of this session. */
  private revision: number | undefined;
  private busy = false;
  /** The guest has turned its mouse on. */
  private mouse = false;
  /** The session is over. */
  private over = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Sessions whose screen was opened: who closes it does not want it back. */
  private readonly shown = new Set<string>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly watcher: SessionWatcher,
  ) {
    this.subscriptions = [
      watcher.onScreen(({ session, body }) => {
        this.used(session, body.screen);
      }),
      watcher.onFocus(() => {
        this.update();
      }),
      watcher.onRunning(() => {
        this.update();
      }),
      vscode.debug.onDidChangeActiveDebugSession((session) => {
        if (session?.type === DEBUG_TYPE) this.attach(session);
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        if (session.id !== this.session?.id) return;
        this.over = true;
        this.tellState();
      }),
    ];
  }

  /** What the page has drawn, as it tells itself; undefined while there is none. */
  get drawn(): Drawn | undefined {
    return this.panel?.drawn;
  }

  /** What is on the screen as a PNG file. */
  async image(): Promise<Uint8Array | undefined> {
    return this.panel?.image();
  }

  /** Opens the panel, or brings it to the front. */
  show(session: vscode.DebugSession | undefined): void {
    if (session) this.attach(session);
    this.open(false);
  }

  /** Keys of the guest's keyboard, or a text that is typed. */
  type(keys: KeysArguments): Promise<void> {
    return this.send(CustomRequest.KEYS, keys);
  }

  private async send(request: string, what: object): Promise<void> {
    const session = this.session ?? this.watcher.session;
    if (!session || this.over) return;
    try {
      await session.customRequest(request, what);
    } catch {
      // The guest has ended meanwhile: its keyboard and its mouse are gone.
    }
  }

  /** The first time the panel opens by itself, unless the person does not want that. */
  private used(session: vscode.DebugSession, screen: ScreenBody | undefined): void {
    if (this.session?.id !== session.id) this.attach(session);
    this.left = screen;
    const wanted = vscode.workspace.getConfiguration('ringside').get('guestScreen.open');
    if (wanted !== 'never' && !this.shown.has(session.id)) this.open(true);
    if (screen) this.showLeft(screen);
    else this.update();
  }

  private open(preserveFocus: boolean): void {
    if (this.session) this.shown.add(this.session.id);
    if (this.panel) {
      if (!preserveFocus) this.panel.reveal();
      return;
    }
    const events = {
      ready: () => {
        this.begin();
      },
      drawn: () => {
        this.busy = false;
        if (this.runs) this.later();
      },
      said: (message: FromPage) => {
        this.take(message);
      },
      closed: () => {
        this.panel = undefined;
        this.setContext(false);
      },
    };
    this.panel = new PagePanel(this.extension, events, preserveFocus);
    this.setContext(true);
  }

  private setContext(open: boolean): void {
    void vscode.commands.executeCommand('setContext', CONTEXT, open);
  }

  private attach(session: vscode.DebugSession): void {
    if (this.session?.id === session.id) return;
    this.session = session;
    this.left = undefined;
    this.mouse = false;
    this.over = false;
    this.begin();
  }

  /** The page has nothing of this session. */
  private begin(): void {
    this.revision = undefined;
    this.busy = false;
    this.tellState();
    if (this.left) this.showLeft(this.left);
    else this.update();
  }

  private showLeft(body: ScreenBody): void {
    this.panel?.post({ type: 'screen', body, whole: true });
    this.tellState();
  }

  private get runs(): boolean {
    return this.session !== undefined && !this.over && !this.watcher.stands(this.session);
  }

  private tellState(): void {
    const text =
      this.over || this.left
        ? vscode.l10n.t('the guest has ended')
        : this.session && this.watcher.stands(this.session)
          ? vscode.l10n.t('the guest is paused')
          : '';
    const alive = this.session !== undefined && !this.over && !this.left;
    this.panel?.post({ type: 'state', text, alive, mouse: this.mouse });
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.update();
    }, INTERVAL);
  }

  /** Asks for the screen, and goes on asking while the guest runs. Until the page has drawn it asks no more. */
  private update(): void {
    const { session, panel } = this;
    if (!session || !panel?.visible || this.over || this.left) return;
    this.tellState();
    if (this.busy) return;
    this.busy = true;
    void this.ask(session, panel).then((drawing) => {
      if (drawing) return;
      this.busy = false;
      if (this.runs) this.later();
    });
  }

  /** Whether the page has something to draw. */
  private async ask(session: vscode.DebugSession, panel: PagePanel): Promise<boolean> {
    const { revision: known } = this;
    const args: ScreenArguments = known === undefined ? {} : { revision: known };
    try {
      const response: unknown = await session.customRequest(CustomRequest.SCREEN, args);
      const { screen, revision, mouse } = response as ScreenResponse;
      if (session.id !== this.session?.id || this.left) return false;
      if (mouse !== this.mouse) {
        this.mouse = mouse;
        this.tellState();
      }
      if (!screen) return false;
      panel.post({ type: 'screen', body: screen, whole: known === undefined });
      this.revision = revision;
      return true;
    } catch {
      return false; // Nothing is launched yet, or it has ended.
    }
  }

  private take(message: FromPage): void {
    if (message.type === 'keys') void this.type({ keys: message.keys });
    else if (message.type === 'captured')
      void this.send(CustomRequest.ATTENDED, { attended: message.captured });
    else if (message.type === 'mouse') void this.send(CustomRequest.MOUSE, message.change);
    else if (message.type === 'command' && message.command.startsWith('ringside.')) {
      void vscode.commands.executeCommand(message.command);
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.panel?.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
