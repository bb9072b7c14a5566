import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mediaFor } from './media';
import type { Program } from './programs';

/** Runs an image to its end on QEMU, and in Ringside: what came out of its first serial port and its debug console. */

const SECONDS = 60;
/** Where FINISH of report.inc.asm writes. */
const EXIT_DEVICE = 'isa-debug-exit,iobase=0xf4';

export async function runQemu(program: Program, image: string): Promise<string> {
  const printed = `${image}.printed`;
  const args = [
    ...['-m', '64', '-display', 'none', '-nodefaults', '-no-reboot', '-vga', 'std'],
    ...terminal(program),
    ...['-serial', 'chardev:printed', '-serial', 'null', '-parallel', 'null'],
    ...['-device', EXIT_DEVICE],
    // Time is the count of instructions, and HLT lets it pass at once: the load of the host does not matter.
    ...['-icount', 'shift=4,sleep=off', '-rtc', 'clock=vm'],
    ...['-cpu', program.cpu ?? 'qemu64', ...mediaFor(program, image).qemu],
  ];
  // Into a file, which takes every byte; a pipe that is full for a moment loses some.
  const shell = ['-c', 'exec qemu-system-x86_64 "$@" > "$0"', printed];
  await run('sh', [...shell, ...args], typedIn(program));
  return readFileSync(printed, 'latin1');
}

/** What is printed, and typed. The debug console prints there, too; but where it does, nothing that is typed reaches the serial port. */
const terminal = ({ typed }: Program): readonly string[] =>
  typed === undefined
    ? [
        ...['-chardev', 'stdio,id=printed,mux=on,signal=off'],
        ...['-device', 'isa-debugcon,chardev=printed,iobase=0xe9'],
      ]
    : ['-chardev', 'stdio,id=printed'];

export function runRingside(cli: string, program: Program, image: string): Promise<string> {
  const args = [cli, 'run', ...mediaFor(program, image).ours, '--monitor', 'none'];
  return run('node', args, typedIn(program));
}

const typedIn = ({ typed }: Program): Uint8Array =>
  typed === undefined ? new Uint8Array() : readFileSync(join(__dirname, typed));

/** @returns standard output, whatever the exit status is; rejects when there is no end */
function run(command: string, args: readonly string[], input: Uint8Array): Promise<string> {
  const options = { encoding: 'latin1', timeout: SECONDS * 1000, maxBuffer: 1 << 26 } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, options, (error, stdout) => {
      if (!error?.signal) resolve(stdout);
      else
        reject(
          new Error(`${command}: no end within ${String(SECONDS)} s\n${stdout.slice(0, 2000)}`),
        );
    });
    child.stdin?.end(input);
  });
}
