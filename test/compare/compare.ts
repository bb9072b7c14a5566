import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runQemu, runRingside } from './peers';
import { PROGRAMS, type Program } from './programs';

/**
 * Compares our firmware, devices and processor with others: each test program of this folder runs on QEMU,
 * whose firmware is SeaBIOS, and in Ringside. What differs must be what stands in `expected/`, and README.md says why.
 *
 *   npm run compare:qemu [-- --update] [names]
 */

const ROOT = resolve(__dirname, '../..');
const CLI = join(ROOT, 'dist/cli.js');
const EXPECTED = join(__dirname, 'expected');

/** What is never the same twice, or depends on where routines lie in the ROM. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/^vector 1E.*/, 'vector 1E *'],
  [/^((?:parameters|set media).*?) di=\S+/, '$1 di=*'],
  [/^(int 1A 0[024]|1a 0[0-5]).*/, '$1'],
  [/^((?:1a )?b101) di=\S+/, '$1 di=*'],
  [/^(int 15 C0|c0) .*?bx=\S+/, '$1 bx=*'],
  [/^(table (\S\S ){10}).*/, '$1'],
  [/^(40:0 (\S\S ){0,107}).*/, '$1'],
  [/^(40:98).*/, '$1'],
  [/^(86 while 83).*/, '$1'],
  [/^( {2}answer 1E (\S\S ){25})\S\S \S\S \S\S \S\S/, '$1* * * *'],
  [/^( {2}area 56 45 53 41 00 03 )(?:\S\S ){4}((?:\S\S ){12}).*/, '$1* $2*'],
  [/^( {2}area BB (\S\S ){11})\S\S \S\S/, '$1* *'],
];

interface Verdict {
  readonly text: string;
  readonly fine: boolean;
}

async function main(args: readonly string[]): Promise<void> {
  if (spawnSync('qemu-system-x86_64', ['--version']).status !== 0) {
    throw new Error('qemu-system-x86_64 is not installed');
  }
  if (!existsSync(CLI)) throw new Error('not built: npm run build');
  const update = args.includes('--update');
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.filter((name) => !PROGRAMS.some((program) => program.name === name));
  if (unknown.length > 0) throw new Error(`no such program: ${unknown.join(', ')}`);
  const chosen = PROGRAMS.filter(({ name }) => names.length === 0 || names.includes(name));
  const folder = mkdtempSync(join(tmpdir(), 'ringside-compare-'));
  mkdirSync(EXPECTED, { recursive: true });
  try {
    await inParallel(chosen, async (program) => {
      for (const size of program.disks) {
        const { text, fine } = await compare(program, size, folder, update);
        process.stdout.write(text);
        if (!fine) process.exitCode = 1;
      }
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As many at a time as there are processors: one of ours or one of theirs keeps one busy. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
}

async function compare(
  program: Program,
  size: number,
  folder: string,
  update: boolean,
): Promise<Verdict> {
  const what = program.kernel ? program.name : `${program.name} on ${String(size)} KB`;
  const run = async (peer: 'qemu' | 'ringside'): Promise<string> => {
    const image = join(folder, `${program.name}.${peer}`);
    makeImage(program, size, image);
    const text = peer === 'qemu' ? runQemu(program, image) : runRingside(CLI, program, image);
    const lines = (await text).split(/\r?\n/).map(steady).join('\n');
    writeFileSync(`${image}.txt`, lines);
    return `${image}.txt`;
  };
  try {
    const [theirs, ours] = await Promise.all([run('qemu'), run('ringside')]);
    return judge(program.name, what, theirs, ours, update);
  } catch (error) {
    return { text: `${what}: ${String(error)}\n`, fine: false };
  }
}

function judge(name: string, what: string, theirs: string, ours: string, update: boolean): Verdict {
  const { stdout } = spawnSync('diff', [theirs, ours], { encoding: 'utf8' });
  const expected = join(EXPECTED, `${name}.diff`);
  const known = existsSync(expected) ? readFileSync(expected, 'utf8') : '';
  if (update) writeFileSync(expected, stdout);
  const lines = readFileSync(ours, 'utf8').split('\n').length;
  const same = stdout === known;
  const verdict = same ? 'as expected' : update ? 'noted' : 'NOT as expected';
  const text = `${what}: ${String(lines)} lines, ${verdict}\n`;
  return { text: same || update ? text : text + stdout, fine: same || update };
}

/** The program as the first sectors of a disk, or as a kernel; made anew, because programs write. */
function makeImage(program: Program, size: number, image: string): void {
  const parts = (program.sources ?? [`${program.name}.asm`]).map((source) => {
    execFileSync('node', [CLI, 'asm', join(__dirname, source), '-o', image]);
    return readFileSync(image);
  });
  if (program.kernel) return;
  const disk = new Uint8Array(size * 1024);
  disk.set(Buffer.concat(parts));
  writeFileSync(image, disk);
}

const steady = (line: string): string =>
  VOLATILE.reduce((text, [pattern, by]) => text.replace(pattern, by), line);

void main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
