import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Boot {
  /** What came from the serial port. */
  readonly output: string;
  readonly status: number | null;
  readonly report: { readonly stop: string; readonly stateHash: string };
}

export interface Typing {
  readonly prompt: string;
  /** Each is typed when the prompt appears. */
  readonly commands: readonly string[];
}

/** Boots a Linux kernel by `ringside run` with 256 MBytes, its console on the serial port, to its end. */
export function bootKernel(
  cli: string,
  kernel: string,
  initrd: string,
  options: readonly string[],
  { prompt, commands }: Typing = { prompt: '', commands: [] },
): Promise<Boot> {
  const json = join(mkdtempSync(join(tmpdir(), 'boot-')), 'report.json');
  const files = ['--memory', '256M', '--initrd', initrd, '--json', json];
  const append = ['--append', 'console=ttyS0 nokaslr quiet'];
  return new Promise((done, reject) => {
    const guest = spawn(process.execPath, [cli, 'run', kernel, ...options, ...files, ...append], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const left = [...commands];
    let output = '';
    let answered = 0;
    if (left.length === 0) guest.stdin.end();
    guest.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
      const asked = output.split(prompt).length - 1;
      if (left.length === 0 || asked <= answered) return;
      answered = asked;
      guest.stdin.write(`${left.shift() ?? ''}\n`);
    });
    guest.on('error', reject);
    guest.on('close', (status) => {
      const report = JSON.parse(readFileSync(json, 'utf8')) as Boot['report'];
      done({ output, status, report });
    });
  });
}
