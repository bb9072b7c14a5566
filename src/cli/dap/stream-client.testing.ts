import { PassThrough } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AdapterHost } from '../../adapter/adapter';
import { MessageReader } from './message-reader';
import { serve } from './serve';

/** What became of a request. */
export interface Sent {
  readonly command: unknown;
  readonly answers: DebugProtocol.Response[];
  /** Milliseconds of processor time that it took. */
  took: number;
}

/** Milliseconds of processor time: what else the computer does is left out. */
export function busy(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A client at the other end of the streams, in this process; it keeps everything that it hears. */
export class StreamClient {
  readonly sent = new Map<number, Sent>();
  readonly events: DebugProtocol.Event[] = [];
  /** Messages that were cut wrong; there must be none. */
  readonly garbled: string[] = [];
  private readonly input = new PassThrough();
  private lastHeard = busy();
  private waiting: (() => void)[] = [];
  private seq = 1;

  constructor(files: AdapterHost['files']) {
    const output = new PassThrough();
    serve(this.input, output, { files });
    const reader = new MessageReader({
      message: (message) => {
        this.hear(message as DebugProtocol.ProtocolMessage);
      },
      skipped: (why) => this.garbled.push(why),
    });
    output.on('data', (chunk: Buffer) => {
      reader.add(chunk);
    });
  }

  private hear(message: DebugProtocol.ProtocolMessage): void {
    const now = busy();
    if (message.type === 'event') this.events.push(message as DebugProtocol.Event);
    else {
      const response = message as DebugProtocol.Response;
      const sent = this.sent.get(response.request_seq);
      sent?.answers.push(response);
      if (sent) sent.took = now - this.lastHeard;
    }
    this.lastHeard = now;
    const { waiting } = this;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  /** A request as bytes of the stream. */
  encode(command: unknown, args: unknown): Buffer {
    const seq = this.seq++;
    this.sent.set(seq, { command, answers: [], took: 0 });
    const json = JSON.stringify({ seq, type: 'request', command, arguments: args });
    return Buffer.from(`Content-Length: ${String(Buffer.byteLength(json))}\r\n\r\n${json}`);
  }

  write(bytes: Buffer): void {
    this.lastHeard = busy();
    this.input.write(bytes);
  }

  /** Sends a request and waits for its answer. */
  async ask(command: string, args: object = {}): Promise<DebugProtocol.Response> {
    const seq = this.seq;
    this.write(this.encode(command, args));
    await this.until(() => (this.sent.get(seq)?.answers.length ?? 0) > 0);
    return this.sent.get(seq)?.answers[0] as DebugProtocol.Response;
  }

  /** Waits for something that messages bring about. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  heard(event: string): boolean {
    return this.events.some((heard) => heard.event === event);
  }

  end(): void {
    this.input.end();
  }
}
