import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble } from '../program';
import { flatImage } from './boot/flat';
import { Machine } from './machine';
import { MachineRun } from './run';

const FOLDER = join(__dirname, '../../samples/broken-entries/svm');

/** An exercise of samples/broken-entries/svm: what its VMRUN fails for, and what is printed. */
interface Exercise {
  /** The check that it does not pass; none where the instruction itself refuses. */
  readonly rule?: string;
  readonly printed: string;
}

const INVALID = 'failed: exit code -1, VMEXIT_INVALID';

const EXERCISES: Readonly<Record<string, Exercise>> = {
  '01-guest-efer': { rule: 'save.efer.svme', printed: INVALID },
  '02-asid': { rule: 'control.asid', printed: INVALID },
  '03-vmrun-intercept': { rule: 'control.vmrun-intercept', printed: INVALID },
  '04-long-mode': { rule: 'save.long-mode.pae', printed: INVALID },
  '05-permission-map': { rule: 'control.iopm', printed: INVALID },
  '06-enable': { printed: 'failed: #UD' },
};

/** Runs to the end. */
async function ended(name: string, defines: Record<string, string> = {}) {
  const read = (path: string): Promise<Uint8Array> => Promise.resolve(readFileSync(path));
  const program = await assemble(join(FOLDER, `${name}.asm`), { read }, { defines });
  assert.deepEqual(program.diagnostics, []);
  let text = '';
  const serial = (byte: number): string => (text += String.fromCharCode(byte));
  const options = { monitor: 'none', cpu: 'amd', memory: 4 << 20 } as const;
  const machine = new Machine(flatImage(program), options, { serial });
  assert.equal(new MachineRun(machine).turn(100_000, 1_000_000).kind, 'end');
  const failed = machine.computer.processor.svm.entryFailures.map(({ rule }) => rule);
  return { failed, printed: text.trimEnd() };
}

describe('samples/broken-entries/svm', () => {
  it('are six, each with its solution', () => {
    const sources = (folder: string): string[] =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.asm'))
        .map((name) => name.slice(0, -4));
    assert.deepEqual(sources(FOLDER), Object.keys(EXERCISES));
    assert.deepEqual(sources(join(FOLDER, 'solutions')), Object.keys(EXERCISES));
  });

  for (const [name, { rule, printed }] of Object.entries(EXERCISES)) {
    it(`${name} fails for exactly its reason`, async () => {
      const failed = rule === undefined ? [] : [rule];
      assert.deepEqual(await ended(name), { failed, printed });
    });

    it(`${name}, mended, enters its guest`, async () => {
      const good = { failed: [], printed: 'The guest has run.' };
      assert.deepEqual(await ended(name, { FIXED: '1' }), good);
    });
  }

  for (const page of ['README.md', 'README.zh-CN.md']) {
    it(`${page} has each exercise with its solution behind a fold`, () => {
      const text = readFileSync(join(FOLDER, page), 'utf8');
      for (const name of Object.keys(EXERCISES)) {
        const solution = readFileSync(join(FOLDER, 'solutions', `${name}.asm`), 'utf8');
        const code = solution.split('\n').filter((line) => line && !/^ *;/.test(line));
        const [, chapter = ''] = text.split(`(${name}.asm)`);
        const [, fold = ''] = /<details>([^]*?)<\/details>/.exec(chapter) ?? [];
        for (const line of code) assert.ok(fold.includes(line.trim()), `${name}: ${line.trim()}`);
      }
    });
  }
});
