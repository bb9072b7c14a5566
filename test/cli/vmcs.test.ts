import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VMCS_PRINTERS } from '../../src/doctor/vmcs-printers.testing';
import { LONG_MODE } from '../../src/processor/vmx/entry-checks/valid-vmcs.testing';
import { commandLine } from '../transcripts/cli-bundle';

/** `ringside vmcs` is a contract: exit statuses, the JSON, messages. */
describe('ringside vmcs', function () {
  this.timeout(60_000);
  let cli = '';
  let folder = '';

  before(async () => {
    cli = await commandLine();
    folder = mkdtempSync(join(tmpdir(), 'ringside-vmcs-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const vmcs = (args: readonly string[], input?: string) =>
    spawnSync(process.execPath, [cli, 'vmcs', ...args], { cwd: folder, encoding: 'utf8', input });

  const broken = (): string => {
    const fields = { ...LONG_MODE, GUEST_RFLAGS: 0 };
    const printer = VMCS_PRINTERS.find(({ name }) => name === 'KVM of Linux 6.6');
    return printer?.print({ fields, reason: 0x80000021 }) ?? '';
  };

  it('tells of a file, and writes JSON', () => {
    writeFileSync(join(folder, 'dmesg.txt'), `a line before\n${broken()}and one behind\n`);
    const { status, stdout, stderr } = vmcs(['dmesg.txt', '--json', 'dump.json']);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /^VMCS, printed by KVM \(line 3\): fails$/m);
    assert.match(stdout, /guest\.rflags\.reserved {2}SDM 3C 27\.3\.1\.4/);
    const told = JSON.parse(readFileSync(join(folder, 'dump.json'), 'utf8')) as {
      verdict: string;
      failures: { rule: string; fields: string[] }[];
      exit: { kind: string; reason: string };
    };
    assert.deepEqual(
      [told.verdict, told.exit.kind, told.exit.reason],
      ['fails', 'guest-state', '0x80000021'],
    );
    assert.deepEqual(told.failures[0]?.fields, ['GUEST_RFLAGS']);
  });

  it('reads standard input, and speaks Chinese', () => {
    const { status, stdout } = vmcs(['-', '--locale', 'zh-cn'], broken());
    assert.equal(status, 0);
    assert.match(stdout, /未通过/);
  });

  it('judges what can be read of a damaged text', () => {
    const { status, stdout } = vmcs(
      ['-'],
      broken().replace('CR3 = 0x0000000000003000', 'CR3 = 0x00003'),
    );
    assert.equal(status, 0);
    assert.match(stdout, /^ {2}5:33: cut: 0x00003 has 5 of 16 digits$/m);
    assert.match(stdout, /guest\.rflags\.reserved/);
  });

  for (const [what, args, input, message] of [
    ['a text without a dump', ['-'], 'hello\n', /-: no dump of a VMCS or VMCB: looked for/],
    [
      'a kernel that prints none',
      ['-'],
      'set kvm_amd.dump_invalid_vmcb=1 to',
      /kvm_amd\.dump_invalid_vmcb=1/,
    ],
    ['a file that is not there', ['none.txt'], undefined, /none\.txt: no such file/],
    ['no file', [], undefined, /missing required argument/],
  ] as const) {
    it(`ends with 2 for ${what}`, () => {
      const { status, stdout, stderr } = vmcs(args, input);
      assert.deepEqual([status, stdout], [2, '']);
      assert.match(stderr, message);
    });
  }
});
