import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasNasm } from '../../src/program/nasm-reference.testing';
import { commandLine, ROOT } from '../transcripts/cli-bundle';

const SAMPLE = join(ROOT, 'samples/kernel32');
const TOUR = readFileSync(join(SAMPLE, 'tour.txt'), 'utf8');

/** What runs the kernel, the first as all others. */
const WAYS: readonly (readonly [name: string, flags: readonly string[]])[] = [
  ['bare', ['--monitor', 'none']],
  ['VT-x', ['--monitor', 'vtx']],
  ['shadow paging', ['--monitor', 'vtx', '--paging', 'shadow']],
  ['emulate', ['--monitor', 'emulate']],
  ['deprivilege', ['--monitor', 'deprivilege']],
];

/** What `run holes` prints: registers of the machine that trap nowhere. */
const REGISTERS = /^(SGDT|SIDT|SLDT|STR|SMSW): +(\S.*)$/gm;

/** The sample kernel32, by its shell: whoever runs it, it prints the same, but for registers of the machine's. */
describe('kernel32', function () {
  this.timeout(120_000);
  let cli = '';
  let folder = '';

  before(async () => {
    cli = await commandLine();
    folder = mkdtempSync(join(tmpdir(), 'ringside-kernel32-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** What is printed when `typed` is typed. */
  const run = (typed: string, flags: readonly string[]): string => {
    const command = [cli, 'run', join(SAMPLE, 'kernel.asm'), ...flags];
    const limit = ['--max-instructions', '200000000'];
    const ran = spawnSync(process.execPath, [...command, ...limit], {
      input: typed,
      encoding: 'utf8',
    });
    assert.equal(ran.status, 0, ran.stderr);
    return ran.stdout;
  };

  const assembled = (name: string): Buffer => {
    const output = join(folder, `${name}.ours`);
    const command = [cli, 'asm', join(SAMPLE, name), '-o', output];
    assert.equal(spawnSync(process.execPath, command).status, 0);
    return readFileSync(output);
  };

  let bare = '';
  const withoutRegisters = (printed: string): string => printed.replace(REGISTERS, '$1');
  const registers = (printed: string): Map<string | undefined, string | undefined> =>
    new Map([...printed.matchAll(REGISTERS)].map(([, name, value]) => [name, value]));

  it('a program in ring 3 is shown registers of the monitor that has deprivileged its kernel', () => {
    const [machine, shown] = ['none', 'deprivilege'].map((monitor) =>
      registers(run('run holes\nshutdown\n', ['--monitor', monitor])),
    );
    assert.ok(machine && shown);
    const differing = [...machine.keys()].filter((name) => machine.get(name) !== shown.get(name));
    assert.deepEqual(differing, ['SGDT', 'SIDT', 'STR', 'SMSW']);
    assert.match(String(shown.get('SGDT')), /, limit 0000ffff$/);
    assert.match(String(shown.get('SIDT')), /, limit 00000fff$/);
    assert.deepEqual([shown.get('SLDT'), shown.get('STR')], ['00000000', '0000fff0']);
  });

  for (const [name, flags] of WAYS) {
    it(`goes the tour: ${name}`, () => {
      const printed = run(TOUR, flags);
      bare ||= printed;
      const hidden = name === 'deprivilege' ? withoutRegisters : String;
      assert.equal(hidden(printed), hidden(bare));
      // Who asks for a line is shown what was typed.
      const asked = [...printed.matchAll(/^> (.*)$/gm)].map(([, line]) => line);
      assert.deepEqual(asked, TOUR.trimEnd().split('\n'));
      for (const expected of [
        '> run hello\nHello from ring 3, process 2.\n>',
        '> run primes 1000\n168 primes up to 1000, the largest is 997\n>',
        '> cat note\nThis is new.\n> rm note\n> rm note\nno such file\n>',
        // Each has its own value at one address, and the parent gets the status of the child.
        "child:  the value is 2\nparent: the value is 1\nparent: my child's status is 42\n>",
        'asked for, frames used: 0\n3 pages touched, frames used: 3\nall given back, frames used: 0\n',
        'heap: #PF, page fault: may not read ',
        'crash: #PF, page fault: may not write C0009000, EIP 00A0',
        'crash: #PF, page fault: may not read 00000000, EIP 00A0',
        '> run crash interrupts\ncrash: #GP, general protection, EIP 00A0',
        '> run crash port\ncrash: #GP, general protection, EIP 00A0',
        '> run crash divide\ncrash: #DE, divide error, EIP 00A0',
        'would not read its own memory for us.\ncrash: #PF, page fault: may not read 00A1',
        '> wait\nThat was a second.\n[17] status 0\n> wait\n>',
        '> shutdown\nGood night.\n',
      ]) {
        assert.ok(printed.includes(expected), expected);
      }
    });

    // In software it takes a minute to count.
    if (name !== 'emulate')
      it(`preempts a program that gives nothing away: ${name}`, () => {
        const printed = run('run counter a &\nrun counter b\nwait\nshutdown\n', flags);
        const turns = [...printed.matchAll(/^([ab]) (\d)$/gm)].map(([, who, n]) => [
          who,
          Number(n),
        ]);
        for (const who of ['a', 'b']) {
          const counted = turns.filter(([counter]) => counter === who).map(([, n]) => n);
          assert.deepEqual(counted, [1, 2, 3, 4, 5]);
        }
        const order = turns.map(([who]) => who).join('');
        assert.match(order, /a.*b.*a.*b|b.*a.*b.*a/);
      });

    it(`kills what never ends, and gives all its memory back: ${name}`, () => {
      const children = 'run spinner &\nkill 5\nrun sleeper &\nkill 6\nwait\n';
      const printed = run(`mem\nrun family\nrun heap\nmem\n${children}mem\nshutdown\n`, flags);
      const free = [...printed.matchAll(/frames, (\d+) free/g)].map(([, n]) => n);
      assert.deepEqual(free, [free[0], free[0], free[0]]);
      assert.match(printed, /\[5\] status 128\n/);
      assert.match(printed, /\[6\] status 128\n/);
      assert.doesNotMatch(printed, /That was a second/);
    });

    it(`reads from the keyboard what is not typed on the serial port: ${name}`, () => {
      const keys = ['--keys', 'echo Hi THERE! > a\ncat a\nhel{Backspace}x\nshutdown\n'];
      const screen = join(folder, 'screen.txt');
      const printed = run('', [...flags, ...keys, '--screen', screen]);
      assert.match(printed, /> cat a\nHi THERE!\n/);
      assert.match(readFileSync(screen, 'utf8'), /^kernel32: [^]*Hi THERE!\n> hex\nunknown; /);
    });
  }

  for (const name of ['kernel.asm', 'boot.asm']) {
    (hasNasm ? it : it.skip)(`NASM makes the same bytes of ${name}`, () => {
      const output = join(folder, `${name}.theirs`);
      const args = ['-w+error', '-f', 'bin', name, '-o', output];
      const { status, stderr } = spawnSync('nasm', args, { cwd: SAMPLE, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.ok(readFileSync(output).equals(assembled(name)));
    });
  }
});
