import * as vscode from 'vscode';
import { messageOf } from '../errors';
import { CustomRequest, type InputArguments } from '../../adapter/protocol';
import type { SessionWatcher } from './watcher';

/** What is kept of the guest's output for a terminal that is opened late, in characters. */
const KEPT = 100_000;

/** A terminal on the guest's first serial port: shows what it prints, types what a person types. */
class GuestTerminal implements vscode.Pseudoterminal {
  private readonly writeEmitter = new vscode.EventEmitter<string>();
  private readonly closeEmitter = new vscode.EventEmitter<number | undefined>();
  private opened = false;
  private kept = '';

  readonly onDidWrite = this.writeEmitter.event;
  readonly onDidClose = this.closeEmitter.event;
  terminal: vscode.Terminal | undefined;

  constructor(readonly session: vscode.DebugSession) {}

  /** Everything printed so far. */
  get text(): string {
    return this.kept;
  }

  open(): void {
    this.opened = true;
    this.writeEmitter.fire(withCarriageReturns(this.kept));
  }

  close(): void {
    this.opened = false;
    this.terminal = undefined;
  }

  print(text: string): void {
    this.kept = (this.kept + text).slice(-KEPT);
    if (this.opened) this.writeEmitter.fire(withCarriageReturns(text));
  }

  /** The guest's serial line has no echo of its own: what is typed shows when the guest prints it. */
  handleInput(text: string): void {
    const input: InputArguments = { text };
    this.session.customRequest(CustomRequest.INPUT, input).then(undefined, (error: unknown) => {
      const message = messageOf(error);
      this.writeEmitter.fire(`\r\n[${message}]\r\n`);
    });
  }

  end(): void {
    this.writeEmitter.fire(`\r\n[${vscode.l10n.t('the session has ended')}]\r\n`);
  }
}

/** A terminal wants CR LF; programs print LF, or both. */
function withCarriageReturns(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}

/** One terminal for each session, shown on demand. */
export class GuestTerminals implements vscode.Disposable {
  private readonly terminals = new Map<string, GuestTerminal>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(watcher: SessionWatcher) {
    this.subscriptions = [
      watcher.onOutput(({ session, text }) => {
        this.of(session).print(text);
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        this.terminals.get(session.id)?.end();
        this.terminals.delete(session.id);
      }),
    ];
  }

  show(session: vscode.DebugSession): void {
    const pty = this.of(session);
    const name = vscode.l10n.t('Guest serial port: {0}', session.name);
    pty.terminal ??= vscode.window.createTerminal({
      name,
      pty,
      iconPath: new vscode.ThemeIcon('vm'),
      isTransient: true,
    });
    pty.terminal.show();
  }

  /** What a session's guest has printed. */
  textOf(session: vscode.DebugSession): string {
    return this.of(session).text;
  }

  private of(session: vscode.DebugSession): GuestTerminal {
    const known = this.terminals.get(session.id) ?? new GuestTerminal(session);
    this.terminals.set(session.id, known);
    return known;
  }

  dispose(): void {
    for (const { terminal } of this.terminals.values()) terminal?.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
