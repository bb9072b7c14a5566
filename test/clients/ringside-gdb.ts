import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { commandLine } from '../transcripts/cli-bundle';

/** `ringside gdb`, as a process that listens. */
export class RingsideGdb {
  stdout = '';
  stderr = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {
    child.stdout?.on('data', (bytes: Buffer) => (this.stdout += bytes.toString('latin1')));
    child.stderr?.on('data', (bytes: Buffer) => (this.stderr += bytes.toString('utf8')));
  }

  /** Starts it on a port that is free. */
  static async start(args: readonly string[], folder: string): Promise<RingsideGdb> {
    const command = [await commandLine(), 'gdb', ...args, '--port', '0'];
    const child = spawn(process.execPath, command, { cwd: folder });
    let said = '';
    for await (const bytes of child.stderr as AsyncIterable<Buffer>) {
      said += bytes.toString('utf8');
      const [, port] = /^listening on 127\.0\.0\.1:(\d+)$/m.exec(said) ?? [];
      if (port !== undefined) return new RingsideGdb(child, Number(port));
    }
    throw new Error(`ringside gdb did not listen: ${said}`);
  }

  /** Its exit status, when it has ended. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  /** What was typed on the guest's first serial port. */
  type(text: string): void {
    this.child.stdin?.write(text);
  }

  kill(): void {
    this.child.kill();
  }
}
