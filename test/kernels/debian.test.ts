import assert from 'node:assert/strict';
import { commandLine } from '../transcripts/cli-bundle';
import { bootKernel, type Boot } from './boot';
import { debianKernel, type DebianKernel } from './debian';

/**
 * Debian's kernel boots, gives a shell on the serial port, answers, and switches the machine off.
 * ALL_BOOTS=1 boots it in every way; otherwise under VT-x alone, which is also what is without a monitor.
 */

const ALL = process.env['ALL_BOOTS'] === '1';
const PROMPT = 'ready# ';

/** @param commands each typed when the shell asks for one */
function boot(
  cli: string,
  { kernel }: DebianKernel,
  initrd: string,
  monitor: 'none' | 'vtx' | 'svm',
  commands: readonly string[] = [],
  paging: 'ept' | 'shadow' = 'ept',
  cpus = 1,
): Promise<Boot> {
  const options = ['--monitor', monitor, '--paging', paging, '--cpus', String(cpus)];
  return bootKernel(cli, kernel, initrd, options, { prompt: PROMPT, commands });
}

/** A shell whose line editor asks the terminal nothing. */
const SHELL =
  'stty -F /dev/ttyS0 -echo\nexec setsid sh -c "exec sh -i </dev/ttyS0 >/dev/ttyS0 2>&1"\n';
const ANSWERS = 'uname -r; echo $((6 * 7)); grep -c processor /proc/cpuinfo; poweroff -f\n';

describe('Debian’s kernel', function () {
  this.timeout(900_000);
  let debian: DebianKernel;
  let cli = '';

  before(async function () {
    const found = debianKernel();
    if (found) debian = found;
    else this.skip();
    cli = await commandLine();
  });

  function assertAnswers({ output, status, report }: Boot): void {
    assert.match(output, /-cloud-amd64/);
    assert.match(output, /^(?:ready# )?42\r$/m);
    assert.equal(report.stop, 'power-off', output.slice(-2000));
    assert.equal(status, 0);
  }

  it('gives a shell under VT-x that answers, and is switched off', async () => {
    const initrd = debian.initrd('shell', SHELL);
    assertAnswers(
      await boot(cli, debian, initrd, 'vtx', ['uname -r', 'echo $((6 * 7))', 'poweroff -f']),
    );
  });

  it('gives one on shadow page tables', async function () {
    if (!ALL) this.skip();
    const initrd = debian.initrd('shell', SHELL);
    const commands = ['uname -r', 'echo $((6 * 7))', 'poweroff -f'];
    assertAnswers(await boot(cli, debian, initrd, 'vtx', commands, 'shadow'));
  });

  it('gives one on the bare computer', async function () {
    if (!ALL) this.skip();
    const initrd = debian.initrd('shell', SHELL);
    assertAnswers(
      await boot(cli, debian, initrd, 'none', ['uname -r', 'echo $((6 * 7))', 'poweroff -f']),
    );
  });

  for (const monitor of ['none', 'vtx', 'svm'] as const) {
    it(`gives one on two processors, --monitor ${monitor}`, async function () {
      if (!ALL) this.skip();
      await givesOneOnTwo(monitor);
    });
  }

  async function givesOneOnTwo(monitor: 'none' | 'vtx' | 'svm'): Promise<void> {
    const initrd = debian.initrd('shell', SHELL);
    const commands = [
      'uname -r',
      'echo $((6 * 7))',
      'grep -c processor /proc/cpuinfo',
      'poweroff -f',
    ];
    const booted = await boot(cli, debian, initrd, monitor, commands, 'ept', 2);
    assertAnswers(booted);
    assert.match(booted.output, /^(?:ready# )?2\r$/m);
  }

  for (const monitor of ['none', 'vtx'] as const) {
    it(`comes to the same state twice, --monitor ${monitor}`, async function () {
      if (!ALL) this.skip();
      const initrd = debian.initrd('answers', ANSWERS);
      const [first, second] = await Promise.all([
        boot(cli, debian, initrd, monitor),
        boot(cli, debian, initrd, monitor),
      ]);
      assertAnswers(first);
      assert.equal(first.report.stateHash, second.report.stateHash);
    });
  }
});
