import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble, type Assembly } from '../../../program';
import { asLoaded, flatImage, Machine, MachineRun } from '../../../session';
import { Target } from '../../target';
import type { Row } from '../../views/row';
import { Views } from '../../views/views';

const FOLDER = join(__dirname, '../../../../samples/broken-entries');

/** An exercise of samples/broken-entries: what its VM entry fails for, and what is printed. */
interface Exercise {
  /** The check that it does not pass; none where the instruction itself refuses. */
  readonly rule?: string;
  readonly printed: string;
}

const refused = (error: number): string => `refused: VM-instruction error ${String(error)}`;
const LATE = 'failed: exit reason 33';

const EXERCISES: Readonly<Record<string, Exercise>> = {
  '01-task-register': { rule: 'host.tr.not-null', printed: refused(8) },
  '02-control-register': { rule: 'guest.cr4.fixed', printed: LATE },
  '03-code-segment': { rule: 'guest.cs.type', printed: LATE },
  '04-link-pointer': { rule: 'guest.link-pointer.revision', printed: LATE },
  '05-ept-pointer': { rule: 'controls.eptp.walk-length', printed: refused(7) },
  '06-msr-bitmap': { rule: 'controls.msr-bitmap', printed: refused(7) },
  '07-activity-state': { rule: 'guest.activity.blocking', printed: LATE },
  '08-flags': { rule: 'guest.rflags.reserved', printed: LATE },
  '09-resume': { printed: refused(5) },
  '10-controls': { rule: 'controls.pin-based.allowed', printed: refused(7) },
};

async function assembled(name: string, defines: Record<string, string> = {}): Promise<Assembly> {
  const read = (path: string): Promise<Uint8Array> => Promise.resolve(readFileSync(path));
  const program = await assemble(join(FOLDER, `${name}.asm`), { read }, { defines });
  assert.deepEqual(program.diagnostics, []);
  return program;
}

async function started(name: string, defines?: Record<string, string>) {
  const program = await assembled(name, defines);
  let text = '';
  const serial = (byte: number): string => (text += String.fromCharCode(byte));
  const machine = new Machine(flatImage(program), { monitor: 'none', memory: 4 << 20 }, { serial });
  const target = new Target(machine, [asLoaded(program)]);
  return { machine, target, printed: () => text.trimEnd() };
}

/** Runs to the end, as a debugger has it before it. */
async function ended(name: string, defines?: Record<string, string>) {
  const { machine, target, printed } = await started(name, defines);
  assert.equal(new MachineRun(machine).turn(100_000, 1_000_000).kind, 'end');
  return { target, printed: printed() };
}

/** Runs to VMLAUNCH or VMRESUME. */
async function aboutToEnter(name: string) {
  const { machine, target } = await started(name);
  const cpu = machine.computer.processor;
  const isEntry = ([a, b, c]: Uint8Array): boolean =>
    a === 0x0f && b === 0x01 && (c === 0xc2 || c === 0xc3);
  while (!isEntry(cpu.instructionBytes())) assert.equal(cpu.run(1).kind, 'budget');
  return target;
}

describe('samples/broken-entries', () => {
  it('are ten, each with its solution', () => {
    const sources = (folder: string): string[] =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.asm'))
        .map((name) => name.slice(0, -4));
    assert.deepEqual(sources(FOLDER), Object.keys(EXERCISES));
    assert.deepEqual(sources(join(FOLDER, 'solutions')), Object.keys(EXERCISES));
  });

  for (const [name, { rule, printed }] of Object.entries(EXERCISES)) {
    it(`${name} fails for exactly its reason`, async () => {
      const { target, printed: text } = await ended(name);
      const { entryFailures } = target.computer.processor.vmx;
      assert.deepEqual(
        entryFailures.map(({ id }) => id),
        rule === undefined ? [] : [rule],
      );
      assert.equal(text, printed);
      assert.equal(target.transitions.last, 'entry-failure');
    });

    it(`${name} is told before it fails, with the line that has done it`, async () => {
      const target = await aboutToEnter(name);
      const views = new Views(target, () => 0n);
      const rows = (node?: string): Row[] => views.rows({ view: 'vmcs', focus: 'host', node }).rows;
      const next = rows().find(({ id }) => id === 'next');
      assert.equal(next?.severity, 'warning');
      if (rule === undefined) {
        const error = 'VM-instruction error 5: VMRESUME with non-launched VMCS';
        assert.equal(next.description, `VMRESUME will fail: ${error}`);
        return;
      }
      assert.match(next.description ?? '', /^VMLAUNCH will fail: /);
      assert.equal(rows('next').length, 1);
      const written = rows('next/0').filter(({ label }) => label === 'last written');
      assert.ok(written.some(({ description = '' }) => description.startsWith(`${name}.asm:`)));
    });

    it(`${name}, mended, enters its guest`, async () => {
      const { target, printed: text } = await ended(name, { FIXED: '1' });
      assert.equal(text, 'The guest has run.');
      assert.deepEqual(target.computer.processor.vmx.entryFailures, []);
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
