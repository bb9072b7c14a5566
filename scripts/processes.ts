import { spawn, type SpawnOptions } from 'node:child_process';

export interface Finished {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a program to its end and keeps what it wrote. */
export function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { echo?: boolean } = {},
): Promise<Finished> {
  const { echo, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...spawnOptions, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      if (echo) process.stdout.write(chunk);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, output });
    });
  });
}

/** The same, where anything but success is an error. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { echo?: boolean } = {},
): Promise<string> {
  const { status, output } = await run(command, args, options);
  if (status !== 0) {
    const end = output.split('\n').slice(-25).join('\n');
    throw new Error(`${command} ${args.join(' ')} ended with status ${String(status)}:\n${end}`);
  }
  return output;
}
