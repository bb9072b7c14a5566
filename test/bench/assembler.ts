/**
 * `npm run bench:assembler`: how long the assembler takes, beside NASM where it is installed, and how
 * its memory grows with the source. For reading: only ratios of one run mean anything.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble } from '../../src/program';
import { constants, macros, nested, tables } from './assembler-sources';

// npm runs scripts in the project's folder.
const PROGRAM = readFileSync('src/program/testdata/programs/p1k.asm', 'utf8');
const REPEATS = 11;

/** The program of 1,000 lines, over and over: labels become local to a label of their own. */
function source(lines: number): string {
  const text = PROGRAM.split('\n');
  const start = text.findIndex((line) => /^f0:/.test(line));
  const head = text.slice(0, start);
  const body = text.slice(start);
  const parts = [...head];
  for (let copy = 0; parts.length < lines; copy++) {
    parts.push(...body.map((line) => line.replace(/\b(f\d+)\b/g, `$1_${String(copy)}`)));
  }
  return `${parts.slice(0, lines).join('\n')}\n`;
}

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Milliseconds of the first run, and warm: the editor's case. */
async function ours(text: string): Promise<{ first: number; warm: number }> {
  const bytes = new TextEncoder().encode(text);
  const files = { read: () => Promise.resolve(bytes) };
  const times: number[] = [];
  for (let n = 0; n < REPEATS; n++) {
    const start = performance.now();
    const { diagnostics, image } = await assemble('program.asm', files);
    times.push(performance.now() - start);
    const problem = diagnostics.find(({ severity }) => severity === 'error');
    if (problem) throw new Error(`line ${String(problem.line)}: ${problem.message}`);
    if (image.length === 0) throw new Error('nothing was assembled');
  }
  return { first: times[0] ?? NaN, warm: median(times.slice(REPEATS >> 1)) };
}

const folder = mkdtempSync(join(tmpdir(), 'bench-'));

/** Milliseconds of a whole process; undefined where there is none. */
function timed(command: string, args: readonly string[]): number | undefined {
  const times: number[] = [];
  for (let n = 0; n < REPEATS; n++) {
    const start = performance.now();
    const { error, status } = spawnSync(command, args, { stdio: 'ignore' });
    if (error || status !== 0) return undefined;
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Bytes that are live while the result of an assembly is held. */
async function memory(text: string): Promise<number> {
  const bytes = new TextEncoder().encode(text);
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const assembly = await assemble('program.asm', { read: () => Promise.resolve(bytes) });
  global.gc?.();
  const used = process.memoryUsage().heapUsed - before;
  return assembly.image.length > 0 ? used : NaN;
}

async function main(): Promise<void> {
  const cases: readonly (readonly [string, string])[] = [
    ['1,000 lines', source(1000)],
    ['20,000 lines', source(20_000)],
    ['macros of 100,000 lines', macros(100_000)],
    ['tables of 100,000 lines', tables(100_000)],
    ['constants of 100,000 lines', constants(100_000)],
    ['nested macros of 100,000 lines', nested(100_000)],
  ];
  for (const [name, text] of cases) {
    const file = join(folder, `${name.replace(/\W/g, '')}.asm`);
    writeFileSync(file, text);
    const { first, warm } = await ours(text);
    const whole = timed('node', ['dist/cli.js', 'asm', file, '-o', `${file}.bin`]);
    const nasm = timed('nasm', ['-f', 'bin', file, '-o', `${file}.nasm`]);
    const equal = (): boolean => readFileSync(`${file}.bin`).equals(readFileSync(`${file}.nasm`));
    const times = (mine: number | undefined): string => ((mine ?? NaN) / (nasm ?? NaN)).toFixed(2);
    const ratio =
      nasm === undefined
        ? 'nasm is not installed'
        : `nasm ${nasm.toFixed(0)} ms: warm ${times(warm)} ×, whole process ${times(whole)} ×, ` +
          `${equal() ? 'equal' : 'DIFFERENT'} bytes`;
    process.stdout.write(
      `${name}: ${first.toFixed(0)} ms at first, ${warm.toFixed(0)} ms warm, ${(whole ?? NaN).toFixed(0)} ms as a process; ${ratio}\n`,
    );
  }
  for (const lines of [10_000, 20_000, 40_000]) {
    const bytes = await memory(source(lines));
    process.stdout.write(
      `${String(lines).padStart(6)} lines: ${(bytes / 2 ** 20).toFixed(1)} MB held, ${(bytes / lines).toFixed(0)} bytes a line\n`,
    );
  }
}

void main();
