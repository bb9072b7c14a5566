import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, ROOT } from '../transcripts/cli-bundle';
import { bootKernel } from './boot';
import { debianKernel, type DebianKernel } from './debian';

/**
 * KVM, as Debian's kernel has it, on the processor's own VMX and SVM: its modules are loaded on the bare computer, and
 * `kvm/client.c` runs small guests by /dev/kvm. ALL_BOOTS=1 boots with shadow page tables and two processors, too.
 */

const ALL = process.env['ALL_BOOTS'] === '1';
const SOURCES = join(ROOT, 'test', 'kernels', 'kvm');
const GUESTS = join(SOURCES, 'guests');

type Maker = 'intel' | 'amd';
const VENDORS = { intel: 'GenuineIntel', amd: 'AuthenticAMD' } as const;
const WITHOUT_NESTED = { intel: 'ept=0', amd: 'npt=0' } as const;

/** Why the client cannot be built here, if it cannot. */
function missing(): string | undefined {
  const program = '#include <linux/kvm.h>\nint main(void) { return 0; }';
  const flags = ['-static', '-x', 'c', '-o', '/dev/null', '-'];
  const { error, status } = spawnSync('gcc', flags, { input: program, stdio: 'pipe' });
  if (error) return 'gcc is not installed';
  return status === 0 ? undefined : 'gcc makes no static program with the headers of Linux';
}

/** The client and its guests, by their places in the RAM disk. */
function build(cli: string, folder: string): Record<string, string> {
  const client = join(folder, 'client');
  const sources = ['client.c', 'vm.c'].map((name) => join(SOURCES, name));
  execFileSync('gcc', ['-static', '-O2', '-s', '-pthread', '-o', client, ...sources]);
  const files: Record<string, string> = { 'bin/client': client };
  for (const source of readdirSync(GUESTS).filter((name) => name.endsWith('.asm'))) {
    const image = source.replace(/asm$/, 'bin');
    const arguments_ = [cli, 'asm', join(GUESTS, source), '-o', join(folder, image)];
    execFileSync(process.execPath, arguments_, { stdio: 'pipe' });
    files[`guests/${image}`] = join(folder, image);
  }
  return files;
}

describe('KVM of Debian’s kernel', function () {
  this.timeout(900_000);
  let debian: DebianKernel;
  let cli = '';
  let folder = '';
  let files: Record<string, string> = {};

  before(async function () {
    const why = missing();
    const found = debianKernel();
    if (why !== undefined || !found) {
      process.stdout.write(`    skipped: ${why ?? 'there is no kernel'}\n`);
      return this.skip();
    }
    debian = found;
    cli = await commandLine();
    folder = mkdtempSync(join(tmpdir(), 'ringside-kvm-'));
    files = build(cli, folder);
  });

  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function assertRuns(maker: Maker, parameters = '', cpus = 1): Promise<void> {
    const places = ['virt/lib/irqbypass.ko', 'arch/x86/kvm/kvm.ko', `arch/x86/kvm/kvm-${maker}.ko`];
    const modules = places.map((place) => [`lib/${place}`, debian.module(place)] as const);
    const [first, second, own] = modules.map(([there]) => `insmod /${there}`);
    const script = `${first}; ${second}; ${own} ${parameters}\n/bin/client; poweroff -f\n`;
    const name = `kvm-${maker}-${parameters.replace(/\W/g, '')}`;
    const initrd = debian.initrd(name, script, { ...files, ...Object.fromEntries(modules) });
    const options = ['--monitor', 'none', '--cpu', maker, '--cpus', String(cpus)];
    const { output, report } = await bootKernel(cli, debian.kernel, initrd, options);
    const expected = readFileSync(join(SOURCES, 'expected.txt'), 'utf8');
    const text = output.replaceAll('\r', '');
    const said = /version [^]*--- end\n/.exec(text)?.[0] ?? text;
    assert.equal(said, expected.replace('{vendor}', VENDORS[maker]));
    assert.equal(report.stop, 'power-off');
  }

  for (const maker of ['intel', 'amd'] as const) {
    it(`runs guests by kvm_${maker}`, async () => {
      await assertRuns(maker);
    });

    it(`runs guests by kvm_${maker} on shadow page tables`, async function () {
      if (!ALL) this.skip();
      await assertRuns(maker, WITHOUT_NESTED[maker]);
    });

    it(`runs guests by kvm_${maker} on two processors`, async function () {
      if (!ALL) this.skip();
      await assertRuns(maker, '', 2);
    });
  }
});
