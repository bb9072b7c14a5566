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
/** Files of tests that share nothing run beside each other; a real VS Code wants the machine for itself. */
const BESIDE = ['--parallel', '--jobs', String(Math.max(2, availableParallelism()))];

interface Counts {
  readonly title: string;
  readonly passed: number;
  readonly failed: number;
  /** What the tests that failed have said, as mocha lists them at the end. */
  readonly failures: string;
}

/** Runs a program, shows what it writes, and gives back all of it. */
function show(args: readonly string[]): Promise<{ output: string; status: number }> {
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
function counts(
  title: string,
  { output, status }: { output: string; status: number },
  words: { passed: RegExp; failed: RegExp },
): Counts {
  const last = (pattern: RegExp): number => Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0);
  const passed = last(words.passed);
  const failed = last(words.failed);
  const at = output.search(/^\s+\d+ failing/m);
  const failures = at < 0 ? '' : output.slice(at);
  const brokeOff = failed === 0 && (status !== 0 || passed === 0);
  return { title, passed, failed: brokeOff ? 1 : failed, failures };
}

async function main(): Promise<void> {
  const results: Counts[] = [];
  const tsx = ['--import', 'tsx'];
  const built = await show(['scripts/build.mjs', '--tests']);
  if (built.status !== 0) results.push({ title: 'build', passed: 0, failed: 1, failures: '' });
  const words = { passed: /(\d+) passing/g, failed: /(\d+) failing/g };
  results.push(counts('unit tests', await show([MOCHA, ...BESIDE]), words));
  const mocha = [MOCHA, '--config=test/mocharc.json'];
  const transcripts = await show([
    ...[...mocha, ...BESIDE],
    ...['test/transcripts/*.test.ts', 'test/cli/*.test.ts', 'test/clients/*.test.ts'],
  ]);
  results.push(counts('transcripts and command line', transcripts, words));
  const kernels = await show([...mocha, ...BESIDE, 'test/kernels/*.test.ts']);
  // Where neither Debian's packages nor a compiler can be had, there is nothing to count.
  if (!/^\s+0 passing/m.test(kernels.output)) results.push(counts('kernels', kernels, words));
  if (canRunServer()) process.env['RINGSIDE_VSIX'] = await packageExtension();
  for (const file of canRunServer() ? readdirSync(join(ROOT, 'test/person')).sort() : []) {
    if (!file.endsWith('.test.ts')) continue;
    const title = `as a person, in the packed extension: ${file.slice(0, -'.test.ts'.length)}`;
    const person = await secondAttempt(title, async () =>
      counts(title, await show([...mocha, `test/person/${file}`]), words),
    );
    results.push(person);
  }
  const workbench = await show([...tsx, 'test/workbench/run.ts']);
  const own = { passed: /^(\d+) passed, \d+ failed$/gm, failed: /^\d+ passed, (\d+) failed$/gm };
  results.push(counts('workbench', workbench, own));

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
