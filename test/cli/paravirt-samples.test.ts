import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasNasm } from '../../src/program/nasm-reference.testing';
import { commandLine, ROOT } from '../transcripts/cli-bundle';

/** The samples of paravirtual guests, as their readers start them. */
describe('samples of paravirtualization', function () {
  this.timeout(120_000);
  let cli = '';
  let folder = '';

  before(async () => {
    cli = await commandLine();
    folder = mkdtempSync(join(tmpdir(), 'ringside-paravirt-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  interface Report {
    readonly lines: readonly string[];
    readonly exits: Partial<Record<string, number>>;
    readonly refused: unknown;
  }

  /** What a sample prints, how often it has come to the monitor, by reason, and what it was refused. */
  const report = (program: string, flags: readonly string[]): Report => {
    const json = join(folder, 'report.json');
    const { status, stdout } = spawnSync(
      process.execPath,
      [cli, 'run', program, ...flags, '--json', json],
      { cwd: join(ROOT, 'samples'), input: '', encoding: 'utf8' },
    );
    assert.equal(status, 1, 'value 0 at the exit device');
    const told = JSON.parse(readFileSync(json, 'utf8')) as Omit<Report, 'lines'>;
    return { ...told, lines: stdout.split('\n') };
  };

  /** The bytes of a sample are NASM's. */
  const asNasm = (program: string): void => {
    (hasNasm ? it : it.skip)('NASM makes the same bytes', () => {
      const source = join(ROOT, 'samples', program);
      const [ours, theirs] = [join(folder, 'ours.bin'), join(folder, 'theirs.bin')];
      assert.equal(spawnSync(process.execPath, [cli, 'asm', source, '-o', ours]).status, 0);
      const args = ['-w+error', '-f', 'bin', source, '-o', theirs];
      const { status, stderr } = spawnSync('nasm', args, { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.ok(readFileSync(theirs).equals(readFileSync(ours)));
    });
  };

  describe('paravirt', () => {
    const program = 'techniques/paravirt/kernel.asm';
    const PRINTED = [
      '1 a text by one call',
      '2 events of the timer: 1',
      '3 the processor walks the tables of the kernel',
      '3 and a text in the same call',
      '3 eight pages: abcdefgh',
      '3 the first in another address space: h, and here: a',
      '4 a page of the monitor: refused',
      '4 a page table to write to: refused',
      "4 the monitor's entry: refused",
      '4 a write without a call: #PF, error code 3',
      '5 the disk: A kernel woke,',
      '5 sectors by and by: 1',
      'Goodbye.',
      '',
    ];

    it('does all by asking, and is refused what it must not have', () => {
      const flags = ['--monitor', 'paravirt', '--disk', 'multiboot/poem.txt'];
      const { lines, exits, refused } = report(program, flags);
      assert.deepEqual(lines, PRINTED);
      assert.deepEqual(refused, {
        'foreign-frame': 1,
        'writable-table': 1,
        'monitors-entry': 1,
      });
      assert.equal(exits['HYPERCALL_MULTICALL'], 1);
      assert.equal(exits['HYPERCALL_UPDATE_PAGE_TABLES'], 3);
    });

    for (const monitor of ['none', 'vtx', 'emulate', 'deprivilege', 'translate']) {
      it(`finds nobody to ask (${monitor})`, () => {
        const { lines } = report(program, ['--monitor', monitor]);
        assert.deepEqual(lines, ['There is nobody to ask.', '']);
      });
    }

    asNasm(program);
  });

  describe('paravirt-transparent', () => {
    const program = 'techniques/paravirt-transparent/kernel.asm';
    const SAME = [
      '2 a page: ab',
      ...['3 tick', '3 tick', '3 tick'],
      '4 interrupts off: 3 ticks before; on: 1 more',
      'Goodbye.',
      '',
    ];
    const ABOVE = '1 I am in ring 0, above a monitor.';
    const PLACES = [
      { flags: ['--monitor', 'none'], place: '1 I am on the bare computer.', exits: {} },
      { flags: ['--monitor', 'emulate'], place: ABOVE, exits: {} },
      { flags: ['--monitor', 'translate'], place: ABOVE, exits: {} },
      {
        flags: ['--monitor', 'vtx'],
        place: ABOVE,
        exits: { VMCALL: 123, IO_INSTRUCTION: 39, HLT: 3, INVLPG: 2 },
      },
      {
        flags: ['--monitor', 'deprivilege'],
        place: '1 I am in ring 3, and nobody answers.',
        exits: { TRAP_13: 189, TRAP_6: 1 },
      },
      {
        flags: ['--monitor', 'paravirt'],
        place: '1 I am in ring 3, and know whom to ask.',
        exits: {
          TRAP_13: 15,
          TRAP_6: 2,
          HYPERCALL_CONSOLE_PRINT: 8,
          HYPERCALL_UPDATE_PAGE_TABLES: 2,
          HYPERCALL_YIELD: 3,
        },
      },
    ];

    for (const { flags, place, exits } of PLACES) {
      it(`finds out where it is, and does the same there (${flags.join(' ')})`, () => {
        const { lines, exits: met } = report(program, flags);
        assert.deepEqual(lines, [place, ...SAME]);
        for (const [name, count] of Object.entries(exits)) assert.equal(met[name], count, name);
      });
    }

    asNasm(program);
  });
});
