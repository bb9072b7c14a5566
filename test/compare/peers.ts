import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mediaFor } from './media';
import type { Program } from './programs';

/** Runs an image to its end on QEMU, and in Ringside: what came out of its first serial port and its debug console. */

const SECONDS = 60;
/** Where FINISH of report.inc.asm writes. */
const EXIT_DEVICE = 'isa-debug-exit,iobase=0xf4';

export async function runQemu(program: Program, image: string): Promise<string> {
  // A file takes every byte; a pipe that is full for a moment loses some.
  const printed = `${image}.printed`;
  await run('qemu-system-x86_64', [
    ...['-m', '64', '-display', 'none', '-nodefaults', '-no-reboot', '-vga', 'std'],
    ...['-chardev', `file,id=printed,path=${printed},mux=on`],
    ...['-serial', 'chardev:printed', '-serial', 'null', '-parallel', 'null'],
    ...['-device', 'isa-debugcon,chardev=printed,iobase=0xe9', '-device', EXIT_DEVICE],
    // Time is the count of instructions, and HLT lets it pass at once: the load of the host does not matter.
    ...['-icount', 'shift=4,sleep=off', '-rtc', 'clock=vm'],
    ...['-cpu', program.cpu ?? 'qemu64', ...mediaFor(program, image).qemu],
  ]);
  return readFileSync(printed, 'latin1');
}

export function runRingside(cli: string, program: Program, image: string): Promise<string> {
  return run('node', [cli, 'run', ...mediaFor(program, image).ours, '--monitor', 'none']);
}

/** @returns standard output, whatever the exit status is; rejects when there is no end */
function run(command: string, args: readonly string[]): Promise<string> {
  const options = { encoding: 'latin1', timeout: SECONDS * 1000, maxBuffer: 1 << 26 } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, options, (error, stdout) => {
      if (!error?.signal) resolve(stdout);
      else
        reject(
          new Error(`${command}: no end within ${String(SECONDS)} s\n${stdout.slice(0, 2000)}`),
        );
    });
    child.stdin?.end();
  });
}
