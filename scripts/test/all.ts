import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { packageExtension } from '../package';
import { canRunServer } from '../vscode/install';
import { secondAttempt } from './second-attempt';

/**
 * `npm test`: unit tests, transcripts over stdio, kernels, then a person's session and
 * the suites in a real VS Code. Its last line is plain:
 * `N passed, N failed`.
 */

const ROOT = resolve(__dirname, '../..');
const MOCHA = 'node_modules/mocha/bin/mocha.js';
const PLAIN_MOCHA = [MOCHA, '--config=test/mocharc.json'];
/** Files of tests that share nothing run beside each other. */
const BESIDE = ['--parallel', '--jobs', String(Math.max(2, availableParallelism()))];

interface Counts {
  readonly title: string;
  readonly passed: number;
  readonly failed: number;
  /** What the tests that failed have said, as mocha lists them at the end. */
  readonly failures: string;
}

/** The words in which mocha counts. */
const WORDS = { passed: /(\d+) passing/g, failed: /(\d+) failing/g };

interface Output {
  readonly output: string;
  readonly status: number;
}

/** Runs a program, shows what it writes, and gives back all of it. */
function show(args: readonly string[]): Promise<Output> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['inherit', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      process.stdout.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (status) => {
      done({ output, status: status ?? 1 });
    });
  });
}

/** The last number before a word. A program that broke off before it could count has failed once. */
function counts(title: string, { output, status }: Output, words = WORDS): Counts {
  const last = (pattern: RegExp): number => Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0);
  const passed = last(words.passed);
  const failed = last(words.failed);
  const at = output.search(/^\s+\d+ failing/m);
  const failures = at < 0 ? '' : output.slice(at);
  const brokeOff = failed === 0 && (status !== 0 || passed === 0);
  return { title, passed, failed: brokeOff ? 1 : failed, failures };
}

/** What needs no VS Code. */
async function withoutWorkbench(): Promise<Counts[]> {
  const results: Counts[] = [];
  const built = await show(['scripts/build.mjs', '--tests']);
  if (built.status !== 0) results.push({ title: 'build', passed: 0, failed: 1, failures: '' });
  // It is new: nobody needs to build it again.
  else process.env['RINGSIDE_CLI'] ??= join(ROOT, 'dist/cli.js');
  results.push(counts('unit tests', await show([MOCHA, ...BESIDE])));
  const transcripts = await show([
    ...[...PLAIN_MOCHA, ...BESIDE],
    ...['test/transcripts/*.test.ts', 'test/cli/*.test.ts', 'test/clients/*.test.ts'],
  ]);
  results.push(counts('transcripts and command line', transcripts));
  const kernels = await show([...PLAIN_MOCHA, ...BESIDE, 'test/kernels/*.test.ts']);
  // Where neither Debian's packages nor a compiler can be had, there is nothing to count.
  if (!/^\s+0 passing/m.test(kernels.output)) results.push(counts('kernels', kernels));
  return results;
}

/** A person's sessions in the packed extension, one suite after the other. */
async function asPerson(): Promise<Counts[]> {
  const results: Counts[] = [];
  for (const file of readdirSync(join(ROOT, 'test/person')).sort()) {
    if (!file.endsWith('.test.ts')) continue;
    const title = `as a person, in the packed extension: ${file.slice(0, -'.test.ts'.length)}`;
    const attempt = async (): Promise<Counts> =>
      counts(title, await show([...PLAIN_MOCHA, `test/person/${file}`]));
    results.push(await secondAttempt(title, attempt));
  }
  return results;
}

async function inWorkbench(): Promise<Counts> {
  const run = await show(['--import', 'tsx', 'test/workbench/run.ts']);
  const own = { passed: /^(\d+) passed, \d+ failed$/gm, failed: /^\d+ passed, (\d+) failed$/gm };
  return counts('workbench', run, own);
}

/** A real VS Code wants the machine for itself: beside another one it takes twice the time. */
async function inVsCode(): Promise<Counts[]> {
  if (!canRunServer()) return [await inWorkbench()];
  process.env['RINGSIDE_VSIX'] = await packageExtension();
  return [...(await asPerson()), await inWorkbench()];
}

async function main(): Promise<void> {
  const results = [...(await withoutWorkbench()), ...(await inVsCode())];

  // Once more, at the end: what failed in the middle of an hour’s output is hard to find.
  for (const { title, failures } of results) {
    if (failures !== '') process.stdout.write(`\n${title}:\n${failures}`);
  }
  process.stdout.write('\n');
  for (const { title, passed, failed } of results) {
    process.stdout.write(`${title}: ${passed} passed, ${failed} failed.\n`);
  }
  const sum = (pick: (result: Counts) => number): number =>
    results.reduce((total, result) => total + pick(result), 0);
  const failed = sum((result) => result.failed);
  process.stdout.write(`\n${sum((result) => result.passed)} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
