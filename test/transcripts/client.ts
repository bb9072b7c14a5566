import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';

type Message = DebugProtocol.Response | DebugProtocol.Event;

/** A debug-adapter client: framing, requests, and every event in the order of arrival. */
export class Client {
  /** Events that nobody has taken yet. */
  readonly events: DebugProtocol.Event[] = [];
  private rest = Buffer.alloc(0);
  private seq = 1;
  private readonly pending = new Map<number, (response: DebugProtocol.Response) => void>();
  private waiters: (() => void)[] = [];
  private closed = false;

  constructor(
    input: Readable,
    private readonly output: Writable,
  ) {
    input.on('data', (data: Buffer) => {
      this.receive(data);
    });
    input.on('close', () => {
      this.closed = true;
      this.wake();
    });
    output.on('error', () => undefined); // the adapter has gone; reading says so too
  }

  /** Goes without a word. */
  hangUp(): void {
    this.output.end();
  }

  request(command: string, args: unknown = {}): Promise<DebugProtocol.Response> {
    const seq = this.seq++;
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.output.write(`Content-Length: ${String(Buffer.byteLength(text))}\r\n\r\n${text}`);
    return new Promise((resolve, reject) => {
      this.pending.set(seq, resolve);
      setTimeout(() => {
        reject(new Error(`no response to ${command}`));
      }, 10_000).unref();
    });
  }

  /** Waits until an event fulfils a test, and takes all events up to it. */
  async until(test: (event: DebugProtocol.Event) => boolean): Promise<DebugProtocol.Event[]> {
    return this.events.splice(0, (await this.seen(test)) + 1);
  }

  /** Waits until an event fulfils a test, and leaves it where it is: gives its index. */
  async seen(test: (event: DebugProtocol.Event) => boolean): Promise<number> {
    for (;;) {
      const found = this.events.findIndex(test);
      if (found >= 0) return found;
      if (this.closed) throw new Error('the adapter has gone');
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`still waiting; last events: ${JSON.stringify(this.events.slice(-3))}`));
        }, 10_000);
        this.waiters.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  private wake(): void {
    const { waiters } = this;
    this.waiters = [];
    for (const waiter of waiters) waiter();
  }

  private receive(data: Buffer): void {
    this.rest = Buffer.concat([this.rest, data]);
    for (;;) {
      const head = this.rest.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.rest.toString('utf8', 0, head))?.[1]);
      if (this.rest.length < head + 4 + length) return;
      const text = this.rest.toString('utf8', head + 4, head + 4 + length);
      this.rest = this.rest.subarray(head + 4 + length);
      this.dispatch(JSON.parse(text) as Message);
    }
  }

  private dispatch(message: Message): void {
    if (message.type === 'event') {
      this.events.push(message as DebugProtocol.Event);
      this.wake();
      return;
    }
    const response = message as DebugProtocol.Response;
    this.pending.get(response.request_seq)?.(response);
    this.pending.delete(response.request_seq);
  }
}

/** An adapter in a process of its own. */
export class AdapterProcess {
  private readonly child: ChildProcess;
  /** Its exit code, when it has ended. */
  readonly exited: Promise<number | null>;

  constructor(cli: string, port: boolean) {
    const args = [cli, 'dap', ...(port ? ['--port', '0'] : [])];
    this.child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.exited = new Promise((resolve) => this.child.on('exit', resolve));
  }

  /** A session over stdin and stdout. */
  stdio(): Client {
    const { stdin, stdout } = this.child;
    if (!stdin || !stdout) throw new Error('no pipes');
    return new Client(stdout, stdin);
  }

  /** A function that opens one more session over TCP. */
  async server(): Promise<() => Client> {
    const line = await new Promise<string>((resolve) => {
      this.child.stderr?.once('data', (data: Buffer) => {
        resolve(data.toString());
      });
    });
    const port = Number(/:(\d+)/.exec(line)?.[1]);
    return () => {
      const socket = connect(port, '127.0.0.1');
      return new Client(socket, socket);
    };
  }

  /** Ends the process if it has not ended by itself. */
  stop(): void {
    this.child.kill();
  }
}
