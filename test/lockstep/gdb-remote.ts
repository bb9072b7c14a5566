import { connect, type Socket } from 'node:net';

/** A client of the GDB remote protocol, as much of it as single steps need. */
export class GdbRemote {
  private pending: Buffer = Buffer.alloc(0);
  private waiting: ((packet: string) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (data) => {
      this.pending = Buffer.concat([this.pending, data]);
      this.take();
    });
  }

  static connect(path: string): Promise<GdbRemote> {
    return new Promise((resolve, reject) => {
      const socket = connect(path, () => {
        resolve(new GdbRemote(socket));
      });
      socket.on('error', reject);
    });
  }

  /** Sends a packet. @returns the answer to it */
  async ask(packet: string): Promise<string> {
    let sum = 0;
    for (let n = 0; n < packet.length; n++) sum += packet.charCodeAt(n);
    const answer = new Promise<string>((resolve) => (this.waiting = resolve));
    this.socket.write(`$${packet}#${(sum & 0xff).toString(16).padStart(2, '0')}`, 'latin1');
    return answer;
  }

  end(): void {
    this.socket.destroy();
  }

  /** A whole packet is `$…#xx`; acknowledgements around it are skipped. */
  private take(): void {
    const begin = this.pending.indexOf('$');
    const end = this.pending.indexOf('#', begin);
    if (begin < 0 || end < 0 || end + 3 > this.pending.length) return;
    const packet = this.pending.toString('latin1', begin + 1, end);
    this.pending = this.pending.subarray(end + 3);
    this.socket.write('+');
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.(packet);
  }
}
