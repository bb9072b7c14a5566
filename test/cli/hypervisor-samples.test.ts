import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasNasm } from '../../src/program/nasm-reference.testing';
import { commandLine, ROOT } from '../transcripts/cli-bundle';

const SAMPLES = join(ROOT, 'samples');
const NESTED = ['--monitor', 'vtx', '--nested'];

/** The samples that have the bare computer for a hypervisor of their own. */
describe('samples with a hypervisor of their own', function () {
  this.timeout(120_000);
  let cli = '';
  let folder = '';

  before(async () => {
    cli = await commandLine();
    folder = mkdtempSync(join(tmpdir(), 'ringside-hypervisors-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  interface Outcome {
    readonly status: number | null;
    readonly lines: readonly string[];
    readonly exits: Partial<Record<string, number>>;
  }

  const run = (program: string, ...options: readonly string[]): Outcome =>
    runBy(['--monitor', 'none'], program, ...options);

  const runBy = (
    monitor: readonly string[],
    program: string,
    ...options: readonly string[]
  ): Outcome => {
    const json = join(folder, 'report.json');
    const command = [cli, 'run', program, ...monitor, '--json', json, ...options];
    const { status, stdout } = spawnSync(process.execPath, command, {
      cwd: SAMPLES,
      input: '',
      encoding: 'utf8',
      timeout: 60_000,
    });
    const { exits } = JSON.parse(readFileSync(json, 'utf8')) as Pick<Outcome, 'exits'>;
    return { status, lines: stdout.split('\n').slice(0, -1), exits };
  };

  /** The bytes of a sample are NASM's. */
  const asNasm = (program: string): void => {
    (hasNasm ? it : it.skip)('NASM makes the same bytes', () => {
      const source = join(SAMPLES, program);
      const [ours, theirs] = [join(folder, 'ours.bin'), join(folder, 'theirs.bin')];
      assert.equal(spawnSync(process.execPath, [cli, 'asm', source, '-o', ours]).status, 0);
      const includes = ['-i', `${join(source, '..')}/`];
      const args = ['-w+error', '-f', 'bin', ...includes, source, '-o', theirs];
      const { status, stderr } = spawnSync('nasm', args, { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.ok(readFileSync(theirs).equals(readFileSync(ours)));
    });
  };

  describe('hypervisor-vtx', () => {
    const program = 'hypervisor-vtx/hypervisor.asm';

    it('runs its guest to the end, and exits as its page says', () => {
      const { status, lines, exits } = run(program);
      assert.equal(status, 1, 'value 0 at the exit device');
      const count = Object.values(exits).reduce<number>((sum, n = 0) => sum + n, 0);
      assert.deepEqual(lines, [
        'hypervisor: hello',
        'guest: in protected mode',
        'guest: under TinyTeaching',
        'guest: has touched a page far away',
        'guest: tick',
        'guest: tick',
        'guest: tick',
        'guest: does not take interrupts now',
        'guest: takes them again',
        'guest: tick',
        'guest: has been away more than 100 times',
        `hypervisor: out of VMX operation after ${String(count)} VM exits`,
      ]);
      const characters = lines.filter((line) => line.startsWith('guest')).join('\n').length + 1;
      assert.deepEqual(exits, {
        CR_ACCESS: 1,
        EPT_VIOLATION: 3,
        IO_INSTRUCTION: characters,
        CPUID: 1,
        HLT: 3,
        EXTERNAL_INTERRUPT: 4,
        INTERRUPT_WINDOW: 1,
        VMCALL: 2,
      });
    });

    it('is the guest of the monitor and has its own guest, as on the bare computer', () => {
      const bare = run(program);
      const nested = runBy(NESTED, program);
      assert.deepEqual([nested.status, nested.lines], [bare.status, bare.lines]);
      const count = (exits: Outcome['exits']): number =>
        Object.values(exits).reduce<number>((sum, n = 0) => sum + n, 0);
      assert.ok(count(nested.exits) > 10 * count(bare.exits), 'each VMX instruction exits');
    });

    it('finds no VT-x under the monitor without --nested', () => {
      const { status, lines } = runBy(['--monitor', 'vtx'], program);
      assert.equal(status, 3, 'value 1 at the exit device');
      assert.equal(lines[0], 'hypervisor: hello');
      assert.equal(lines.length, 2);
    });

    asNasm(program);
  });

  describe('hypervisor-svm', () => {
    const program = 'hypervisor-svm/hypervisor.asm';

    it('runs its guest to the end, and counts its exits', () => {
      const { status, lines } = run(program, '--cpu', 'amd');
      assert.equal(status, 1, 'value 0 at the exit device');
      const guest = [
        'guest: in protected mode',
        'guest: under TinyTeaching',
        'guest: EFER keeps what I write, and has no SVME',
        'guest: there is no VM_CR',
        'guest: has touched a page far away',
        'guest: tick',
        'guest: tick',
        'guest: tick',
        'guest: does not take interrupts now',
        'guest: takes them again',
        'guest: tick',
        'guest: has been away more than 100 times',
      ];
      const exits = {
        INTR: 1,
        CPUID: 1,
        HLT: 3,
        IOIO: guest.join('\n').length + 1,
        MSR: 4,
        VMMCALL: 2,
        NPF: 3,
      };
      const count = Object.values(exits).reduce((sum, n) => sum + n, 0);
      assert.deepEqual(lines, [
        'hypervisor: hello',
        ...guest,
        `hypervisor: SVM is off again after ${String(count)} exits`,
        ...Object.entries(exits).map(([name, n]) => `hypervisor:   ${name} ${String(n)}`),
      ]);
    });

    it('tells a processor without SVM, and ends with 1', () => {
      const { status, lines } = run(program);
      assert.equal(status, 3, 'value 1 at the exit device');
      assert.deepEqual(lines, ['hypervisor: hello', 'hypervisor: this processor has no SVM']);
    });

    asNasm(program);
  });

  describe('broken-entries', () => {
    it('one of them says how its VM entry failed, and ends with 1', () => {
      const { status, lines, exits } = run('broken-entries/02-control-register.asm');
      assert.equal(status, 3, 'value 1 at the exit device');
      assert.deepEqual(lines, ['failed: exit reason 33']);
      assert.deepEqual(exits, { ENTRY_FAILURE_GUEST_STATE: 1 });
    });

    it('each fails under the monitor as on the bare computer', () => {
      for (const name of readdirSync(join(SAMPLES, 'broken-entries'))) {
        if (!name.endsWith('.asm')) continue;
        const file = `broken-entries/${name}`;
        const [bare, nested] = [run(file), runBy(NESTED, file)];
        assert.deepEqual([nested.status, nested.lines], [bare.status, bare.lines], name);
      }
    });

    it('one of those for SVM says how its VMRUN failed, and ends with 1', () => {
      const { status, lines } = run('broken-entries/svm/02-asid.asm', '--cpu', 'amd');
      assert.equal(status, 3, 'value 1 at the exit device');
      assert.deepEqual(lines, ['failed: exit code -1, VMEXIT_INVALID']);
    });

    for (const folder of ['broken-entries', 'broken-entries/svm']) {
      for (const name of readdirSync(join(SAMPLES, folder))) {
        if (name.endsWith('.asm')) describe(name, () => asNasm(`${folder}/${name}`));
      }
    }
  });
});
