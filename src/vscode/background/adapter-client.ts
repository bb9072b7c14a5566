import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { AdapterLink } from './adapter-link';

interface Pending {
  resolve(body: unknown): void;
  reject(error: Error): void;
}

/** Asks an adapter in the background, and hears its events. */
export class AdapterClient implements vscode.Disposable {
  private readonly pending = new Map<number, Pending>();
  private readonly events = new vscode.EventEmitter<DebugProtocol.Event>();
  private readonly subscriptions: vscode.Disposable;
  private seq = 0;
  readonly onEvent = this.events.event;

  constructor(private readonly link: AdapterLink) {
    this.subscriptions = vscode.Disposable.from(
      link,
      this.events,
      link.onMessage((message) => {
        this.take(message as DebugProtocol.Event | DebugProtocol.Response);
      }),
      link.onEnd(() => {
        this.end(vscode.l10n.t('The debug adapter has ended.'));
      }),
    );
  }

  /** The adapter is told the language of the editor. */
  async initialize(): Promise<void> {
    const args: DebugProtocol.InitializeRequestArguments = {
      adapterID: 'ringside',
      locale: vscode.env.language,
    };
    await this.request('initialize', args);
  }

  /**
   * @returns the response's body
   * @throws Error with the adapter's message; CancellationError when it was called off
   */
  async request(command: string, args: object, token?: vscode.CancellationToken): Promise<unknown> {
    const seq = this.send(command, args);
    const answer = new Promise<unknown>((resolve, reject) => {
      this.pending.set(seq, { resolve, reject });
    });
    const cancelling = token?.onCancellationRequested(() => {
      this.send('cancel', { requestId: seq });
      this.pending.get(seq)?.reject(new vscode.CancellationError());
      this.pending.delete(seq);
    });
    try {
      return await answer;
    } finally {
      cancelling?.dispose();
    }
  }

  private send(command: string, args: object): number {
    const seq = ++this.seq;
    this.link.send({ seq, type: 'request', command, arguments: args });
    return seq;
  }

  private take(message: DebugProtocol.Event | DebugProtocol.Response): void {
    if (message.type === 'event') {
      this.events.fire(message as DebugProtocol.Event);
      return;
    }
    const { request_seq, success, body, message: reason } = message as DebugProtocol.Response;
    const pending = this.pending.get(request_seq);
    this.pending.delete(request_seq);
    if (success) pending?.resolve(body);
    else pending?.reject(new Error(reason));
  }

  private end(reason: string): void {
    for (const { reject } of this.pending.values()) reject(new Error(reason));
    this.pending.clear();
  }

  dispose(): void {
    this.subscriptions.dispose();
  }
}
