import * as vscode from 'vscode';
import type { SessionWatcher } from '../session/watcher';
import type { Views } from './views';

/** How long after a stop VS Code may take to open a side bar of its own, in milliseconds. */
const MEANWHILE = 1500;

/**
 * Brings the views into sight at the first stop of each session; the keyboard stays where it is. With its usual
 * `debug.openDebug` VS Code puts *Run and Debug* into their place wherever a breakpoint is hit: those who had them in
 * sight get them back.
 */
export class Reveal implements vscode.Disposable {
  private readonly revealed = new WeakSet<vscode.DebugSession>();
  private readonly subscriptions: vscode.Disposable[];
  /** Until when it is VS Code, and not a person, who puts something else into their place. */
  private takenUntil = 0;

  constructor(
    watcher: SessionWatcher,
    private readonly views: Views,
  ) {
    this.subscriptions = [
      watcher.onFocus((focus) => {
        if (!focus || this.revealed.has(focus.session)) return;
        this.revealed.add(focus.session);
        this.show();
      }),
      watcher.onStop(({ session, reason }) => {
        const wanted = views.visible || !this.revealed.has(session);
        this.takenUntil = wanted && opensItsOwn(reason) ? Date.now() + MEANWHILE : 0;
      }),
      views.onHidden(() => {
        if (Date.now() > this.takenUntil) return;
        this.takenUntil = 0;
        this.show();
      }),
    ];
  }

  private show(): void {
    const setting = vscode.workspace.getConfiguration('ringside').get<string>('revealViews');
    if (setting !== 'never' && !this.views.visible) void this.views.registers.open();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

/** Whether VS Code opens *Run and Debug* at such a stop. */
function opensItsOwn(reason: string): boolean {
  const setting = vscode.workspace.getConfiguration('debug').get<string>('openDebug');
  return reason === 'breakpoint' && setting === 'openOnDebugBreak';
}
