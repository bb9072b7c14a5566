import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from '../transcripts/cli-bundle';

describe('several processors on the command line', function () {
  this.timeout(120_000);
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringside-processors-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const monitor of ['none', 'vtx', 'svm']) {
    it(`one that another one has started ends the run (${monitor})`, () => endsTheRun(monitor));
  }

  async function endsTheRun(monitor: string): Promise<void> {
    // In "unreal" mode the first one reaches its local APIC; the others begin at 8000H.
    const code = `org 0x7c00
        mov si, other
        mov di, 0x8000
        mov cx, other_end - other
        rep movsb
        cli
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        mov bx, 8
        mov fs, bx
        and al, 0xfe
        mov cr0, eax
        mov dword [fs:dword 0xfee000f0], 0x1ff
        mov dword [fs:dword 0xfee00300], 0xc4500
        mov dword [fs:dword 0xfee00300], 0xc4608
.rest:  hlt
        jmp .rest
        align 8
gdt:    dq 0, 0x008f93000000ffff
gdtr:   dw 15
        dd gdt
other:  mov eax, 1
        cpuid
        mov al, 5
        out 0xf4, al
other_end:`;
    writeFileSync(join(folder, 'two.asm'), code);
    const args = ['run', 'two.asm', '--monitor', monitor, '--cpus', '2', '--json', 'run.json'];
    const { status, stderr } = spawnSync(process.execPath, [await commandLine(), ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(status, 11, stderr);
    const report = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as {
      readonly registers: Readonly<Record<string, string>>;
    };
    const { rbx, rip } = report.registers;
    assert.equal(BigInt(rbx ?? 0) >> 24n, 1n, 'those of the processor that has ended it');
    assert.equal(
      rip,
      monitor === 'none' ? '0xc' : '0xa',
      'an exit comes before its instruction is done',
    );
  }
});
