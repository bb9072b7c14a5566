import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Compares our firmware with another one: each test program of this folder runs on QEMU, whose firmware is SeaBIOS,
 * and in Ringside. What differs must be what stands in `expected/`, and README.md says why.
 *
 *   npm run compare:qemu [-- --update] [names]
 */

const ROOT = resolve(__dirname, '../..');
const CLI = join(ROOT, 'dist/cli.js');
const EXPECTED = join(__dirname, 'expected');
const SECONDS = 120;

/** The programs, each with the sizes of the disks in KBytes that it is put on. */
const PROGRAMS: Readonly<Record<string, readonly number[]>> = {
  disk: [1024],
  geometry: [64, 1500, 10_240, 102_400],
  services: [1024],
  apm: [1024],
  pci: [1024],
  chipset: [1024],
  time: [1024],
  serial: [1024],
  mouse: [1024],
  modes: [1024],
  text: [1024],
  graphics: [1024],
  colours: [1024],
  vbe: [1024],
};

/** What is never the same twice, or depends on where routines lie in the ROM. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/^(int 1A 0[024]|1a 0[0-5]).*/, '$1'],
  [/^(int 15 C0|c0) .*?bx=\S+/, '$1 bx=*'],
  [/^(table (\S\S ){10}).*/, '$1'],
  [/^(40:0 (\S\S ){0,107}).*/, '$1'],
  [/^(40:98).*/, '$1'],
  [/^(86 while 83).*/, '$1'],
  [/^( {2}answer 1E (\S\S ){25})\S\S \S\S \S\S \S\S/, '$1* * * *'],
  [/^( {2}area 56 45 53 41 00 03 )(?:\S\S ){4}((?:\S\S ){12}).*/, '$1* $2*'],
  [/^( {2}area BB (\S\S ){11})\S\S \S\S/, '$1* *'],
];

function main(args: readonly string[]): void {
  if (spawnSync('qemu-system-x86_64', ['--version']).status !== 0) {
    throw new Error('qemu-system-x86_64 is not installed');
  }
  if (!existsSync(CLI)) throw new Error('not built: npm run build');
  const update = args.includes('--update');
  const names = args.filter((arg) => !arg.startsWith('--'));
  const folder = mkdtempSync(join(tmpdir(), 'ringside-compare-'));
  mkdirSync(EXPECTED, { recursive: true });
  try {
    for (const name of names.length > 0 ? names : Object.keys(PROGRAMS)) {
      for (const size of PROGRAMS[name] ?? []) compare(name, size, folder, update);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compare(name: string, size: number, folder: string, update: boolean): void {
  const [theirs, ours] = [runQemu, runRingside].map((run) => {
    const image = diskImage(name, size, folder);
    const file = join(folder, `${run === runQemu ? 'qemu' : 'ringside'}.txt`);
    writeFileSync(file, run(image).split(/\r?\n/).map(steady).join('\n'));
    return file;
  });
  const { stdout } = spawnSync('diff', [theirs ?? '', ours ?? ''], { encoding: 'utf8' });
  const expected = join(EXPECTED, `${name}.diff`);
  const known = existsSync(expected) ? readFileSync(expected, 'utf8') : '';
  if (update) writeFileSync(expected, stdout);
  const lines = readFileSync(ours ?? '', 'utf8').split('\n').length;
  const verdict = stdout === known ? 'as expected' : update ? 'noted' : 'NOT as expected';
  process.stdout.write(`${name} on ${String(size)} KB: ${String(lines)} lines, ${verdict}\n`);
  if (stdout === known || update) return;
  process.stdout.write(stdout);
  process.exitCode = 1;
}

/** The program as the first sectors of a disk; made anew, because programs write. */
function diskImage(name: string, size: number, folder: string): string {
  const image = join(folder, `${name}.img`);
  execFileSync('node', [CLI, 'asm', join(__dirname, `${name}.asm`), '-o', image]);
  const disk = new Uint8Array(size * 1024);
  disk.set(readFileSync(image));
  writeFileSync(image, disk);
  return image;
}

const runQemu = (image: string): string =>
  output('qemu-system-x86_64', [
    ...['-m', '64', '-display', 'none', '-nodefaults', '-vga', 'std', '-serial', 'stdio'],
    ...['-serial', 'null', '-parallel', 'null'],
    ...['-drive', `file=${image},format=raw`, '-device', 'isa-debug-exit,iobase=0xf4'],
  ]);

const runRingside = (image: string): string =>
  output('node', [CLI, 'run', image, '--monitor', 'none']);

function output(command: string, args: readonly string[]): string {
  const { stdout, signal } = spawnSync(command, args, {
    encoding: 'latin1',
    timeout: SECONDS * 1000,
  });
  if (signal !== null) throw new Error(`${command} ${args.join(' ')}: no end within ${SECONDS} s`);
  return stdout;
}

const steady = (line: string): string =>
  VOLATILE.reduce((text, [pattern, by]) => text.replace(pattern, by), line);

main(process.argv.slice(2));
