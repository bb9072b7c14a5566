import * as vscode from 'vscode';
import {
  PastRequest,
  type RecentLineBody,
  type RecentLinesArguments,
  type RecentLinesResponse,
} from '../../adapter/past/protocol';
import { sourceUri } from '../session/source-uri';
import type { Focus, SessionWatcher } from '../session/watcher';
import { ageOf } from './ages';
import { hoverOf } from './hover';

/** Whoever steps fast is not kept waiting: it is asked for when the session has stood for so long (milliseconds). */
const DELAY = 150;
/** How much of the mark's colour is seen, the latest first. */
const OPACITIES = [0.9, 0.6, 0.35, 0.2] as const;

/** The lines that were executed last, marked faintly in the editor, while the session stands. */
export class LineHistory implements vscode.Disposable {
  private readonly types = OPACITIES.map(decorationType);
  private readonly subscriptions: vscode.Disposable[];
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** By the source's URI. */
  private lines = new Map<string, RecentLineBody[]>();

  constructor(private readonly watcher: SessionWatcher) {
    const isAbout = (event: vscode.ConfigurationChangeEvent): boolean =>
      event.affectsConfiguration('ringside.lineHistory');
    this.subscriptions = [
      ...this.types,
      watcher.onFocus((focus) => {
        this.take(focus);
      }),
      watcher.onRunning(() => {
        this.set(new Map());
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.show();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const isKnown = contentChanges.length > 0 && this.lines.delete(document.uri.toString());
        if (isKnown) this.show();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (isAbout(event)) this.take(watcher.focus);
      }),
    ];
  }

  /** What is marked: '12: 3 ago, 2 times', for tests. */
  get texts(): readonly string[] {
    return [...this.lines.values()]
      .flat()
      .map(({ line, ago, times }) => `${String(line)}: ${String(ago)} ago, ${String(times)} times`);
  }

  private take(focus: Focus | undefined): void {
    clearTimeout(this.timer);
    const { enabled, instructions } = settings();
    if (!focus || !enabled) {
      if (!this.watcher.session || !enabled) this.set(new Map());
      return;
    }
    this.timer = setTimeout(() => void this.ask(focus, instructions), DELAY);
  }

  private async ask({ session }: Focus, instructions: number): Promise<void> {
    const args: RecentLinesArguments = { instructions };
    const found = new Map<string, RecentLineBody[]>();
    try {
      const body: unknown = await session.customRequest(PastRequest.RECENT_LINES, args);
      for (const line of (body as RecentLinesResponse).lines) {
        const key = sourceUri(line.source, session).toString();
        found.set(key, [...(found.get(key) ?? []), line]);
      }
    } catch {
      return; // it runs again, or has ended
    }
    if (this.watcher.stands(session)) this.set(found);
  }

  private set(lines: Map<string, RecentLineBody[]>): void {
    if (lines.size === 0 && this.lines.size === 0) return;
    this.lines = lines;
    this.show();
  }

  private show(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      const lines = this.lines.get(document.uri.toString()) ?? [];
      const within = lines.filter(({ line }) => line <= document.lineCount);
      this.types.forEach((type, age) => {
        const marked = within.filter(({ ago }) => ageOf(ago) === age);
        editor.setDecorations(
          type,
          marked.map((line) => mark(line, document.lineAt(line.line - 1))),
        );
      });
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

function settings(): { enabled: boolean; instructions: number } {
  const configuration = vscode.workspace.getConfiguration('ringside.lineHistory');
  return {
    enabled: configuration.get('enabled', true),
    instructions: configuration.get('instructions', 100),
  };
}

/** Shows what is hidden, and hides what is shown. */
export async function toggleLineHistory(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('ringside.lineHistory');
  const enabled = !configuration.get('enabled', true);
  await configuration.update('enabled', enabled, vscode.ConfigurationTarget.Global);
}

function mark(line: RecentLineBody, { range, text }: vscode.TextLine): vscode.DecorationOptions {
  const contentText = vscode.l10n.t('{0} ago', line.ago.toLocaleString());
  return { range, hoverMessage: hoverOf(line, text), renderOptions: { after: { contentText } } };
}

function decorationType(opacity: number): vscode.TextEditorDecorationType {
  const colour = (rgb: string): string => `rgba(${rgb}, ${String(opacity)})`;
  const look = (rgb: string): vscode.ThemableDecorationRenderOptions => ({
    borderColor: colour(rgb),
    after: { color: colour(rgb) },
  });
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderStyle: 'solid',
    borderWidth: '0 0 0 2px',
    after: { margin: '0 0 0 3em', fontStyle: 'italic' },
    light: look('0, 90, 158'),
    dark: look('120, 190, 255'),
  });
}
