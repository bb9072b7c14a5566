import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasNasm } from '../../src/program/nasm-reference.testing';
import { commandLine, ROOT } from '../transcripts/cli-bundle';

const SAMPLE = 'techniques/several-guests';
const [COUNTER, CLOCK] = [`${SAMPLE}/counter.asm`, `${SAMPLE}/clock.asm`];

interface Report {
  readonly stop: string;
  readonly exits: Partial<Record<string, number>>;
  readonly guests?: readonly {
    readonly name: string;
    readonly stop: string;
    readonly exits: Partial<Record<string, number>>;
    readonly registers: Readonly<Record<string, string>>;
  }[];
}

describe('several guests on the command line', function () {
  this.timeout(120_000);
  let cli = '';
  let folder = '';

  before(async () => {
    cli = await commandLine();
    folder = mkdtempSync(join(tmpdir(), 'ringside-guests-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (flags: readonly string[]) => {
    const json = join(folder, 'report.json');
    const args = [cli, 'run', ...flags, '--json', json];
    const result = spawnSync(process.execPath, args, {
      cwd: join(ROOT, 'samples'),
      input: '',
      encoding: 'utf8',
    });
    return {
      ...result,
      lines: result.stdout.split('\n').slice(0, -1),
      report: () => JSON.parse(readFileSync(json, 'utf8')) as Report,
    };
  };

  const cycles = (line: string | undefined): number =>
    Number(/cycles: (\d+)/.exec(line ?? '')?.[1]);

  for (const monitor of ['vtx', 'deprivilege', 'emulate']) {
    it(`${monitor}: one counts while the other one waits`, () => {
      const { status, lines, report } = run([COUNTER, '--guest', CLOCK, '--monitor', monitor]);
      assert.equal(status, 1, 'value 0 at the exit device, of the first');
      const of = (name: string): string[] =>
        lines
          .filter((line) => line.startsWith(`[${name}] `))
          .map((line) => line.slice(name.length + 3));
      assert.deepEqual(
        of('clock'),
        [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `tick ${String(n)}`),
      );
      assert.equal(of('counter').length, 3);
      assert.ok(
        of('counter').every((line) => /^round \d: 95 primes, cycles: 18[01]\d{3}$/.test(line)),
      );
      assert.equal(lines.length, 11);
      // They have been at it at the same time.
      assert.ok(lines.findIndex((line) => line.startsWith('[counter]')) > 0);
      const { guests = [], stop } = report();
      assert.equal(stop, 'exit-device');
      assert.deepEqual(
        guests.map(({ name, stop: how }) => [name, how]),
        [
          ['counter', 'exit-device'],
          ['clock', 'halt'],
        ],
      );
      assert.equal(guests[1]?.registers['rcx'], '0x0');
    });
  }

  it('two that never wait take twice as long, as time goes on for the one while it is the turn of the other', () => {
    const alone = cycles(run([COUNTER]).lines[1]);
    const { lines, report } = run([COUNTER, '--guest', COUNTER]);
    const together = cycles(lines.find((line) => line.includes('round 2')));
    assert.ok(Math.abs(together / alone - 2) < 0.3, `${String(together)} of ${String(alone)}`);
    const { guests = [] } = report();
    assert.deepEqual(
      guests.map(({ name }) => name),
      ['several-guests/counter', 'several-guests/counter 2'],
    );
    assert.ok((guests[0]?.exits['PREEMPTION_TIMER_EXPIRED'] ?? 0) > 5);
  });

  it('a guest alone is reported as it was', () => {
    assert.equal(run([CLOCK]).report().guests, undefined);
  });

  it('refuses guests without a monitor, and files that there are not', () => {
    const bare = run([COUNTER, '--guest', CLOCK, '--monitor', 'none']);
    assert.equal(bare.status, 2);
    assert.match(bare.stderr, /need a monitor/);
    const missing = run([COUNTER, '--guest', 'nowhere.asm']);
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /nowhere\.asm: no such file/);
  });

  for (const program of [COUNTER, CLOCK]) {
    (hasNasm ? it : it.skip)(`NASM makes the same bytes of ${program}`, () => {
      const source = join(ROOT, 'samples', program);
      const [ours, theirs] = [join(folder, 'ours.bin'), join(folder, 'theirs.bin')];
      assert.equal(spawnSync(process.execPath, [cli, 'asm', source, '-o', ours]).status, 0);
      const args = ['-w+error', '-f', 'bin', source, '-o', theirs];
      const { status, stderr } = spawnSync('nasm', args, { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.ok(readFileSync(theirs).equals(readFileSync(ours)));
    });
  }
});
