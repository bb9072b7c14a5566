import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, ROOT } from '../transcripts/cli-bundle';

/**
 * Kernels as operating-system courses have them, built by make, gcc and ld, run unchanged on
 * Ringside and on QEMU where it is installed. What they say is in `expected.txt` of each.
 */

const SOURCES = join(ROOT, 'test', 'kernels');
/** Of one run, in ms: many times what it takes. */
const TIMEOUT = 120_000;
const ROWS = 25;
const QEMU_OPTIONS = [
  ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4', '-serial', 'stdio'],
  ...['-display', 'none', '-no-reboot'],
];

/** Why kernels cannot be built here, if they cannot. */
function missing(): string | undefined {
  const make = spawnSync('make', ['--version']);
  if (make.status !== 0) return 'make is not installed';
  const program = { input: 'int f(void) { return 0; }', encoding: 'utf8' } as const;
  const flags = ['-m32', '-ffreestanding', '-x', 'c', '-c', '-o', '/dev/null', '-'];
  const gcc = spawnSync('gcc', flags, program);
  if (gcc.error) return 'gcc is not installed';
  const linker = spawnSync('ld', ['-V'], { encoding: 'utf8' });
  if (gcc.status !== 0 || !/elf_i386/.test(linker.stdout)) return 'gcc or ld makes no x86 code';
  return undefined;
}

interface Outcome {
  readonly status: number | null;
  readonly serial: string;
}

describe('kernels of courses', function () {
  this.timeout(3 * TIMEOUT);
  let cli = '';
  let folder = '';

  before(async function () {
    const why = missing();
    if (why !== undefined) {
      process.stdout.write(`    skipped: ${why}\n`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'ringside-course-'));
    cli = await commandLine();
  });

  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const expected = (kernel: string): string =>
    readFileSync(join(SOURCES, kernel, 'expected.txt'), 'utf8');

  const build = (kernel: string): string => {
    const out = join(folder, kernel);
    const make = spawnSync('make', ['-C', join(SOURCES, kernel), `OUT=${out}`], {
      encoding: 'utf8',
    });
    assert.equal(make.status, 0, make.stdout + make.stderr);
    return out;
  };

  const execute = (program: string, args: readonly string[], input: string): Outcome => {
    const options = { cwd: folder, input, timeout: TIMEOUT } as const;
    const { status, stdout, stderr } = spawnSync(program, args, { ...options, encoding: 'latin1' });
    if (stderr) process.stderr.write(stderr);
    return { status, serial: stdout.replaceAll('\r', '') };
  };

  const ringside = (args: readonly string[], input = ''): Outcome & { screen: string } => {
    const picture = join(folder, 'screen.txt');
    writeFileSync(picture, '');
    const command = [cli, 'run', ...args, '--screen', picture];
    const outcome = execute(process.execPath, command, input);
    return { ...outcome, screen: readFileSync(picture, 'utf8') };
  };

  const qemu = (test: Mocha.Context, program: string, args: readonly string[], input = '') => {
    if (spawnSync(program, ['--version']).status !== 0) test.skip();
    return execute(program, [...args, ...QEMU_OPTIONS], input);
  };

  /** What a screen shows of a text whose last line has an end: all but its last row. */
  const lastLines = (text: string): string =>
    text
      .trimEnd()
      .split('\n')
      .slice(1 - ROWS)
      .join('\n');
  const trimmed = (text: string): string => text.replace(/ +$/gm, '').trimEnd();

  describe('teaching: a 32-bit kernel on a disk', () => {
    const TYPED = 'echo hello\nadd 2 40\nsector 2001\nsector 99999\nnonsense\nquit\n';
    let disk = '';

    before(() => {
      disk = join(build('teaching'), 'kernel.img');
    });

    for (const monitor of ['none', 'vtx']) {
      it(`holds all its checks (${monitor})`, () => {
        const { status, serial, screen } = ringside([disk, '--monitor', monitor], TYPED);
        assert.equal(serial, expected('teaching'));
        assert.equal(status, 33);
        assert.equal(trimmed(screen), trimmed(lastLines(serial)));
      });
    }

    it('listens to the keyboard, too', () => {
      const keys = 'echo Hello, World!\nadd 2 41{Backspace}0\nquit\n';
      const { status, serial } = ringside([disk, '--monitor', 'none', '--keys', keys]);
      assert.equal(status, 33);
      assert.match(
        serial,
        /\n> echo Hello, World!\nHello, World!\n> add 2 41\x08 \x080\n42\n> quit\n/,
      );
    });

    it('says the same on QEMU', function () {
      const drive = ['-drive', `file=${disk},format=raw,snapshot=on`];
      const outcome = qemu(this, 'qemu-system-i386', drive, TYPED);
      assert.deepEqual(outcome, { status: 33, serial: expected('teaching') });
    });
  });

  describe('multiboot64: a 64-bit kernel', () => {
    const module = join(SOURCES, 'multiboot64', 'measurements.txt');
    const options = ['--initrd', module];
    let out = '';

    before(() => {
      out = build('multiboot64');
    });

    const holds = (kernel: string, monitor: string, append: string): void => {
      const flags = ['--monitor', monitor, '--append', append];
      const { status, serial, screen } = ringside([join(out, kernel), ...options, ...flags]);
      assert.equal(serial, expected('multiboot64'));
      assert.equal(status, 33);
      assert.equal(trimmed(screen), trimmed(lastLines(serial)));
    };

    for (const monitor of ['none', 'vtx']) {
      it(`holds all its checks, by Multiboot 1, with XSAVE (${monitor})`, () => {
        holds('kernel.elf', monitor, 'greeting=hello');
      });

      it(`holds all its checks, by Multiboot 2, with FXSAVE (${monitor})`, () => {
        holds('kernel2.elf', monitor, 'greeting=hello fxsave');
      });
    }

    for (const cpu of ['qemu64', 'max']) {
      it(`says the same on QEMU (${cpu})`, function () {
        const kernel = ['-kernel', join(out, 'kernel.elf'), '-initrd', module];
        const flags = ['-cpu', cpu, '-append', 'greeting=hello'];
        const outcome = qemu(this, 'qemu-system-x86_64', [...kernel, ...flags]);
        assert.deepEqual(outcome, { status: 33, serial: expected('multiboot64') });
      });
    }

    it('has computed what JavaScript computes', () => {
      const serial = expected('multiboot64');
      const told = (name: string): string | undefined =>
        serial
          .split('\n')
          .find((line) => line.startsWith(`  ${name} = `))
          ?.split(' = ')[1];
      const tells = (name: string, value: number): void => {
        assert.equal(told(name), value.toExponential(16), name);
      };
      tells('1/10 + 2/10', 1 / 10 + 2 / 10);
      tells('root of 2', Math.sqrt(2));
      tells('smallest', Number.MIN_VALUE);
      tells('largest', Number.MAX_VALUE);
      tells('single 1/10', Math.fround(0.1));
      const sum = (from: number): number => {
        let total = 0;
        for (let n = from; n <= 100_000; n += 2) total += 1 / n;
        return total;
      };
      tells('harmonic(100000)', sum(1) + sum(2));
      const values = readFileSync(module, 'utf8').trimEnd().split('\n').map(Number);
      const mean = values.reduce((total, value) => total + value, 0) / values.length;
      const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
      tells('mean', mean);
      tells('deviation', Math.sqrt(squares / (values.length - 1)));
    });
  });

  describe('real16: a program for real mode', () => {
    let disk = '';

    before(() => {
      disk = join(build('real16'), 'program.img');
    });

    for (const monitor of ['none', 'vtx']) {
      it(`holds all its checks (${monitor})`, () => {
        const { status, serial, screen } = ringside([disk, '--monitor', monitor]);
        assert.equal(serial, expected('real16'));
        assert.equal(status, 33);
        assert.equal(trimmed(screen), trimmed(lastLines(serial)));
      });
    }

    it('says the same on QEMU', function () {
      const outcome = qemu(this, 'qemu-system-i386', [
        '-drive',
        `file=${disk},format=raw,snapshot=on`,
      ]);
      assert.deepEqual(outcome, { status: 33, serial: expected('real16') });
    });
  });
});
