import type { DebugProtocol } from '@vscode/debugprotocol';
import { createAdapter } from './adapter';
import type { AdapterHost } from './host';

interface Message {
  readonly type: string;
}

/** A session within the test's own process, over an adapter that is used as browsers use it. */
export class InlineClient {
  readonly events: DebugProtocol.Event[] = [];
  private seq = 1;
  private readonly pending = new Map<number, (response: DebugProtocol.Response) => void>();
  private waiting: (() => void)[] = [];
  private readonly adapter;

  constructor(sources: Readonly<Record<string, string>>, host: Partial<AdapterHost> = {}) {
    this.adapter = createAdapter({
      files: {
        read: (path) => {
          const text = sources[path];
          if (text === undefined) return Promise.reject(new Error('no such file'));
          return Promise.resolve(new TextEncoder().encode(text));
        },
      },
      breathe: () =>
        new Promise((resolve) => {
          setImmediate(resolve);
        }),
      ...host,
    });
    this.adapter.onDidSendMessage((message) => {
      this.receive(message as Message);
    }, undefined);
  }

  private receive(message: Message): void {
    if (message.type === 'event') {
      this.events.push(message as DebugProtocol.Event);
      const waiting = this.waiting;
      this.waiting = [];
      for (const wake of waiting) wake();
    } else {
      const response = message as DebugProtocol.Response;
      this.pending.get(response.request_seq)?.(response);
    }
  }

  /** Sends anything at all. */
  post(message: unknown): void {
    this.adapter.handleMessage(message);
  }

  /** The number of the next request, for cancelling it. */
  get nextSeq(): number {
    return this.seq;
  }

  send(command: string, args: unknown = {}): Promise<DebugProtocol.Response> {
    const seq = this.seq++;
    const request = { seq, type: 'request', command, arguments: args };
    return new Promise((resolve) => {
      this.pending.set(seq, resolve);
      this.adapter.handleMessage(request as DebugProtocol.Request);
    });
  }

  /** The body of a response that must be a success. */
  async ask<Body>(command: string, args: unknown = {}): Promise<Body> {
    const response = await this.send(command, args);
    if (!response.success) throw new Error(`${command}: ${response.message ?? ''}`);
    return response.body as Body;
  }

  /** The body of the next event of a kind; it and all before it are taken. */
  async event<Body>(name: string): Promise<Body> {
    for (;;) {
      const found = this.events.findIndex(({ event }) => event === name);
      if (found >= 0) {
        const event = this.events[found];
        this.events.splice(0, found + 1);
        return (event as unknown as { body: Body }).body;
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Launches and waits for the first stop. */
  async start(program: string, more: object = {}): Promise<DebugProtocol.StoppedEvent['body']> {
    await this.ask('initialize', { adapterID: 'ringside' });
    const launched = this.send('launch', { program, memory: '2M', ...more });
    const failed = launched.then((response) => {
      if (!response.success) throw new Error(response.message);
    });
    await Promise.race([this.event('initialized'), failed]);
    await this.ask('configurationDone');
    await launched;
    return this.event('stopped');
  }

  /** A command and the stop that follows. */
  async run(command: string, args: object = {}): Promise<DebugProtocol.StoppedEvent['body']> {
    await this.ask(command, { threadId: 1, ...args });
    return this.event('stopped');
  }

  async evaluate(expression: string, frameId?: number): Promise<string> {
    const args = { expression, context: 'watch', ...(frameId !== undefined && { frameId }) };
    return (await this.ask<{ result: string }>('evaluate', args)).result;
  }

  async topFrame(): Promise<DebugProtocol.StackFrame> {
    const body = await this.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: 1,
    });
    const [frame] = body.stackFrames;
    if (!frame) throw new Error('no frame');
    return frame;
  }
}
