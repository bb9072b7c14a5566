import * as vscode from 'vscode';
import { CustomRequest, type WorldResponse } from '../../adapter/protocol';
import type { Focus, SessionWatcher } from './watcher';

const ICONS: Readonly<Record<WorldResponse['side'], string>> = {
  guest: 'vm',
  monitor: 'server-process',
  host: 'server',
};

/** The status-bar item that tells at every stop in which world the processor is. */
export class WorldIndicator implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly subscriptions: vscode.Disposable[];
  private world: WorldResponse | undefined;

  constructor(private readonly watcher: SessionWatcher) {
    this.item = vscode.window.createStatusBarItem(
      'ringside.world',
      vscode.StatusBarAlignment.Left,
      90,
    );
    this.item.name = vscode.l10n.t('Ringside: present world');
    this.item.command = 'ringside.showWorld';
    this.subscriptions = [
      this.item,
      watcher.onFocus((focus) => {
        void this.show(focus);
      }),
      watcher.onRunning(() => {
        this.item.text = `$(sync~spin) ${vscode.l10n.t('guest runs')}`;
        this.item.tooltip = undefined;
        this.item.show();
      }),
    ];
  }

  /** What stands in the status bar. */
  get text(): string {
    return this.world ? this.item.text : '';
  }

  /** How control came here, as Markdown. */
  get explanation(): string | undefined {
    return this.world?.tooltip;
  }

  private async show(focus: Focus | undefined): Promise<void> {
    if (!focus) {
      if (this.watcher.session) return; // it runs
      this.world = undefined;
      this.item.hide();
      return;
    }
    try {
      const world = (await focus.session.customRequest(CustomRequest.WORLD, {
        frameId: focus.frameId,
      })) as WorldResponse;
      this.world = world;
      this.item.text = `$(${ICONS[world.side]}) ${world.text}`;
      this.item.tooltip = new vscode.MarkdownString(world.tooltip, true);
      this.item.accessibilityInformation = { label: world.text, role: 'button' };
      this.item.show();
    } catch {
      this.item.hide(); // the session went meanwhile
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
