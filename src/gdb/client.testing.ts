import { bytesOf, packetOf, PacketReader } from './packet';

/** A client of the GDB remote protocol, over whatever carries bytes. */
export class GdbClient {
  /** What was printed for a person. */
  console = '';
  /** Answers in bytes other than packets: `+` and `-`. */
  acknowledgements = '';
  private readonly reader = new PacketReader();
  private readonly answers: string[] = [];
  private waiting: ((answer: string) => void) | undefined;

  constructor(private readonly send: (bytes: Uint8Array) => void) {}

  /** Bytes from the server. */
  receive(bytes: Uint8Array): void {
    for (const received of this.reader.read(bytes)) {
      if (received.kind === 'acknowledged') this.acknowledgements += '+';
      else if (received.kind === 'not-acknowledged') this.acknowledgements += '-';
      else if (received.kind === 'packet') this.take(received.text);
    }
  }

  /** Sends a packet. @returns the answer to it */
  ask(payload: string): Promise<string> {
    return this.askRaw(packetOf(payload));
  }

  /** The same for bytes that may be no packet. */
  askRaw(bytes: Uint8Array | string): Promise<string> {
    this.send(typeof bytes === 'string' ? bytesOf(bytes) : bytes);
    return this.answer();
  }

  /** The next answer. */
  answer(): Promise<string> {
    const known = this.answers.shift();
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => (this.waiting = resolve));
  }

  /** What `monitor …` prints. */
  async monitor(command: string): Promise<string> {
    this.console = '';
    const digits = Buffer.from(command).toString('hex');
    const answer = await this.ask(`qRcmd,${digits}`);
    return answer === 'OK' ? this.console : answer;
  }

  /** Lets what runs pause. */
  interrupt(): void {
    this.send(Uint8Array.of(3));
  }

  private take(text: string): void {
    if (/^O([0-9a-f]{2})*$/.test(text)) {
      this.console += Buffer.from(text.slice(1), 'hex').toString();
      return;
    }
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting) waiting(text);
    else this.answers.push(text);
  }
}
