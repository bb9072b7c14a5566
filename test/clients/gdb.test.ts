import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assembleText } from '../../src/session';
import { ROOT } from '../transcripts/cli-bundle';
import { RingsideGdb } from './ringside-gdb';

/** Debian's gdb, as a person uses it, on `ringside gdb`. */

const run = promisify(execFile);
const isInstalled = spawnSync('gdb', ['--version']).status === 0;

const LOOP = `
org 0x7c00
bits 16
start:  xor eax, eax
        mov ss, ax
        mov sp, 0x7000
        mov ebx, 5
again:  call twice
        mov [0x600], eax
back:   dec ebx
        jnz again
        cpuid
        mov al, 3
        out 0xf4, al
twice:  inc eax
        inc eax
        ret
`;
const FOREVER = 'org 0x7c00\nbits 16\nstart: inc eax\n jmp start';
const MODES = readFileSync(join(ROOT, 'test/transcripts/guests/modes.asm'), 'utf8');

describe(`Debian’s gdb${isInstalled ? '' : ' (left out: it is not installed)'}`, function () {
  this.timeout(180_000);
  let folder = '';
  let server: RingsideGdb | undefined;

  before(function () {
    if (!isInstalled) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'ringside-gdb-client-'));
  });

  afterEach(() => {
    server?.kill();
  });

  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  /** What gdb prints for commands; `{label}` stands for an address of the guest. */
  async function gdb(
    source: string,
    args: readonly string[],
    commands: readonly string[],
  ): Promise<string> {
    writeFileSync(join(folder, 'guest.asm'), source);
    writeFileSync(join(folder, 'other.asm'), source);
    const { symbols } = await assembleText(source);
    const addressOf = (label: string): string =>
      `*0x${Number(symbols.all.find(({ name }) => name === label)?.value).toString(16)}`;
    server?.kill();
    server = await RingsideGdb.start(['guest.asm', '--memory', '2M', ...args], folder);
    const all = [
      ...[
        'set confirm off',
        'set pagination off',
        `target remote 127.0.0.1:${String(server.port)}`,
      ],
      ...commands.map((command) =>
        command.replace(/\{(\w+)\}/, (_, label: string) => addressOf(label)),
      ),
    ];
    const { stdout, stderr } = await run(
      'gdb',
      ['-nx', '-q', '-batch', ...all.flatMap((command) => ['-ex', command])],
      { cwd: folder },
    );
    return stdout + stderr;
  }

  const MONITORS = ['none', 'vtx', 'svm'] as const;

  for (const monitor of MONITORS) {
    it(`breaks, steps, watches and goes back (${monitor})`, async () => {
      const text = await gdb(
        LOOP,
        ['--monitor', monitor],
        [
          'break {back}',
          'continue',
          'continue',
          'printf "ebx=%d eax=%d\\n", $ebx, $eax',
          'reverse-stepi',
          'x/i $pc',
          'delete',
          'watch *(int *) 0x600',
          'continue',
          'continue',
          'reverse-continue',
          'reverse-continue',
          'delete',
          'rwatch *(int *) 0x600',
          'awatch *(int *) 0x600',
          'reverse-continue',
          'delete',
          'reverse-continue',
          'info registers rip eflags cr0',
          'stepi',
          'continue',
        ],
      );
      assert.match(text, /Breakpoint 1, 0x0*7c15 in/);
      assert.match(text, /ebx=4 eax=4/);
      assert.match(text, /=> 0x7c11:/);
      assert.match(text, /Hardware watchpoint 2: .*Old value = 2\nNew value = 4\n.*7c15/s);
      assert.match(text, /Old value = 6\nNew value = 4\n.*7c11/s);
      assert.match(text, /Old value = 4\nNew value = 2\n.*7c11/s);
      assert.match(
        text,
        /Hardware access \(read\/write\) watchpoint 4: .*\nOld value = 2\nNew value = 0/s,
      );
      assert.match(text, /No more reverse-execution history\.\n0x0*7c00 in/);
      assert.match(text, /rip +0x7c00 +0x7c00\neflags +0x2 .*\ncr0 .*\[.* ET .*\]/);
      assert.match(text, /0x0*7c03 in .*\[Inferior 1 \(.*\) exited with code 07\]/s);
    });

    it(`follows a guest from real mode to long mode (${monitor})`, async () => {
      const text = await gdb(
        MODES,
        ['--monitor', monitor],
        [
          'break {protected}',
          'break {long_mode}',
          'continue',
          'printf "pe=%d lma=%d cs=%x\\n", $cr0 & 1, ($efer >> 10) & 1, $cs',
          'continue',
          'printf "pe=%d lma=%d cs=%x\\n", $cr0 & 1, ($efer >> 10) & 1, $cs',
          'x/2i $pc',
          'stepi',
          'printf "rax=%lx cr3=%lx\\n", $rax, $cr3',
          'reverse-continue',
          'reverse-continue',
          'monitor x 1',
          'monitor walk rip',
        ],
      );
      assert.match(text, /pe=1 lma=0 cs=8\n[^]*pe=1 lma=1 cs=18\n/);
      assert.match(text, /=> 0x[0-9a-f]+:\tmov +%cr3,%rax\n.*:\tinvlpg 0x5000/);
      assert.match(text, /rax=10000 cr3=10000/);
      assert.match(text, /Breakpoint 1, .*<protected>:\n=> 0x[0-9a-f]+: {2}mov ax, 0x10/s);
    });
  }

  it('shows each processor, by each description', async () => {
    const args = ['--monitor', 'none', '--cpus', '2'];
    const commands = ['x/i $pc', 'stepi', 'thread apply all info registers eflags'];
    for (const [bits, instruction] of [
      ['16', /inc +%eax/],
      ['32', /inc +%ax/],
      ['64', /rex|inc/],
    ] as const) {
      const text = await gdb(FOREVER, [...args, '--bits', bits], commands);
      assert.match(text, instruction);
      assert.match(text, /Thread 2 \(Thread 2 \(CPU 1: .*Thread 1 \(Thread 1 \(CPU 0: /s);
    }
  });

  for (const monitor of ['vtx', 'svm'] as const) {
    it(`shows each guest (${monitor})`, async () => {
      const text = await gdb(
        FOREVER,
        ['--monitor', monitor, '--guest', 'other.asm'],
        [
          'info threads',
          'thread apply all printf "pc %x\\n", $pc',
          'thread 2',
          'stepi',
          'printf "at %x\\n", $pc',
          'monitor info machines',
        ],
      );
      assert.match(text, /Thread 1 \(guest: .*Thread 2 \(other: /s);
      assert.match(text, /pc 7c00\n[^]*pc 7c00\n/);
      assert.match(text, /at 7c02/);
    });
  }
});
