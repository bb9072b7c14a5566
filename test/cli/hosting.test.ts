import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, ROOT } from '../transcripts/cli-bundle';

const SAMPLE = 'techniques/hosting/kernel.asm';
const RIGHT = '300 pages, each as it was written.\n';
const HOSTED = ['--memory', '4M', '--hosting', 'hosted'];

interface Report {
  readonly exits: Partial<Record<string, number>>;
  readonly host?: { readonly swapIns: number };
}

describe('a hosted monitor on the command line', function () {
  this.timeout(120_000);
  let cli = '';
  let folder = '';

  before(async () => {
    cli = await commandLine();
    folder = mkdtempSync(join(tmpdir(), 'ringside-hosting-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (flags: readonly string[]) =>
    spawnSync(process.execPath, [cli, 'run', SAMPLE, ...flags], {
      cwd: join(ROOT, 'samples'),
      input: '',
      encoding: 'utf8',
    });

  const report = (flags: readonly string[]): Report => {
    const json = join(folder, 'report.json');
    const { status, stdout } = start([...flags, '--json', json]);
    assert.equal(status, 1, 'value 0 at the exit device');
    assert.equal(stdout, RIGHT);
    return JSON.parse(readFileSync(json, 'utf8')) as Report;
  };

  it('runs the sample as its page says, whether the host has memory enough or not', () => {
    const enough = report(HOSTED);
    assert.equal(enough.exits['EPT_VIOLATION'], 300);
    const short = report([...HOSTED, '--host-memory', '1M']);
    assert.equal(short.exits['EPT_VIOLATION'], 602);
    assert.deepEqual([enough.host?.swapIns, short.host?.swapIns], [0, 302]);
    assert.equal(report(['--monitor', 'none']).host, undefined);
  });

  for (const flags of [
    ['--paging', 'shadow'],
    ...['emulate', 'deprivilege', 'translate'].map((monitor) => ['--monitor', monitor]),
  ]) {
    it(`swaps under ${flags.join(' ')}`, () => {
      const { host } = report([...HOSTED, '--host-memory', '1M', ...flags]);
      assert.ok((host?.swapIns ?? 0) >= 300);
    });
  }

  for (const [flags, message] of [
    [['--host-memory', '2M'], /no host without --hosting hosted/],
    [[...HOSTED, '--host-memory', '512K'], /needs 1M at least/],
    [[...HOSTED, '--monitor', 'none'], /no monitor to be hosted/],
    [[...HOSTED, '--host-memory', '1M', '--monitor', 'paravirt'], /none can be taken away/],
    [[...HOSTED, '--host-memory', 'much'], /no size: much/],
  ] as const) {
    it(`is refused: ${flags.join(' ')}`, () => {
      const { status, stderr, stdout } = start(flags);
      assert.equal(status, 2);
      assert.match(stderr, message);
      assert.equal(stdout, '');
    });
  }
});
