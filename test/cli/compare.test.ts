import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WAYS } from '../../src/session/ways';
import { commandLine, ROOT } from '../transcripts/cli-bundle';

/** `ringside compare` is a contract: exit statuses, files, what is told of a difference. */
describe('ringside compare', function () {
  this.timeout(120_000);
  let cli = '';
  let folder = '';

  before(async () => {
    cli = await commandLine();
    folder = mkdtempSync(join(tmpdir(), 'ringside-compare-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  interface Told {
    readonly way: string;
    readonly verdict: string;
    readonly stop: string;
    readonly instructions: number;
    readonly direct: number;
    readonly inSoftware: number;
    readonly hypercalls: number;
    readonly cycles: Readonly<Record<string, number>>;
    readonly exits: Readonly<Record<string, number>>;
    readonly differences: readonly { readonly kind: string; readonly name?: string }[];
    readonly parting?: {
      readonly instructions: number;
      readonly register: string;
      readonly place: { readonly instruction: string };
    };
    readonly unclaimedPorts: object;
    readonly unansweredPages: object;
  }

  const compare = (args: readonly string[]) => {
    const command = [cli, 'compare', ...args];
    return spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
  };

  const write = (name: string, source: string): string => {
    writeFileSync(join(folder, name), source);
    return name;
  };

  /** Compares a program; gives the exit status, and what the JSON tells of each way. */
  const told = (source: string, ...args: readonly string[]) => {
    const json = join(folder, 'told.json');
    const file = write('guest.asm', `org 0x7c00\nbits 16\n${source}`);
    const { status, stderr } = compare([file, '--json', json, ...args]);
    assert.equal(stderr, '');
    const { ways, notRun } = JSON.parse(readFileSync(json, 'utf8')) as {
      readonly ways: readonly Told[];
      readonly notRun: readonly { readonly way: string; readonly reason: string }[];
    };
    return { status, ways, notRun, way: (name: string) => ways.find(({ way }) => way === name) };
  };

  const PRINT = `
        mov dx, 0x3f8
        mov al, 'A'
        out dx, al`;
  const END = `
        mov al, 3
        out 0xf4, al
        hlt`;

  it('tells of each way that there is, and ends with 0 where all are the same', () => {
    const { status, ways, notRun, way } = told(PRINT + END);
    assert.equal(status, 0);
    const names = [...ways, ...notRun].map((one) => one.way);
    assert.deepEqual(names.sort(), WAYS.map(({ name }) => name).sort());
    assert.deepEqual(
      ways.map(({ verdict, stop }) => [verdict, stop]),
      ways.map((_, n) => [n === 0 ? 'reference' : 'equivalent', 'exit-device']),
    );
    for (const { reason } of notRun) assert.notEqual(reason, '');
    assert.deepEqual(way('vtx')?.exits, { IO_INSTRUCTION: 2 });
    const [bare, emulated] = [way('none'), way('emulate')];
    assert.deepEqual([bare?.direct, bare?.inSoftware], [5, 0]);
    assert.deepEqual([emulated?.direct, emulated?.inSoftware], [0, 5]);
  });

  it('names the first difference of each kind, and the instruction that it comes from', () => {
    // CPUID tells of a hypervisor where there is one.
    const source = `
        mov eax, 1
        cpuid
        mov ebx, 0
        mov edx, 0
        shr ecx, 31
        mov [0x600], cl
        mov eax, 0
        ${END}`;
    const { status, way } = told(source);
    assert.equal(status, 1);
    const found = way('vtx');
    assert.equal(found?.verdict, 'differs');
    assert.deepEqual(found.differences, [
      { kind: 'register', name: 'rcx', bare: '0x0', found: '0x1' },
      { kind: 'memory', address: '0x600', bare: 0, found: 1 },
    ]);
    assert.equal(found.parting?.instructions, 1);
    assert.equal(found.parting.place.instruction, 'cpuid');
  });

  it('names what was printed and how it ended', () => {
    const source = `
        mov eax, 1
        cpuid
        bt ecx, 31
        setc bl
        mov dx, 0x3f8
        mov al, '0'
        add al, bl
        out dx, al
        mov al, bl
        out 0xf4, al
        hlt`;
    const file = write('printed.asm', `org 0x7c00\nbits 16\n${source}`);
    const { status, stdout } = compare([file]);
    assert.equal(status, 1);
    assert.match(stdout, /\nvtx: output, byte 0: 0x31 instead of 0x30\n/);
    assert.match(stdout, /\nemulate: end: exit device \(0x1\) instead of exit device \(0x0\)\n/);
    assert.match(stdout, /\nvtx: first after 1 instructions, at .*: cpuid\): R[A-D]X: /);
  });

  it('leaves a guest that does not end at the limit, undecided', () => {
    const { status, ways } = told('again: inc ax\njmp again', '--max-instructions', '5000');
    assert.equal(status, 3);
    for (const { verdict, stop, instructions, way } of ways) {
      assert.equal(stop, 'instruction-limit', way);
      assert.equal(verdict, way === 'none' ? 'reference' : 'undecided');
      assert.equal(instructions, 5000);
    }
  });

  it('leaves a guest that only faults, too', () => {
    // The handler of #UD faults at its first instruction.
    const source = `
        mov ax, 0x5000
        mov ss, ax
        mov word [6 * 4], bad
        mov word [6 * 4 + 2], 0
bad:    ud2`;
    const { status, ways } = told(source, '--max-instructions', '2000');
    assert.equal(status, 3);
    for (const { instructions, way } of ways) assert.deepEqual([way, instructions], [way, 4]);
  });

  it('tells what nobody answered', () => {
    const source = `
        mov dx, 0x300
        in al, dx
        out dx, al
        ${END}`;
    const { ways } = told(source);
    for (const { unclaimedPorts, way } of ways) {
      assert.deepEqual(unclaimedPorts, { '0x300': { reads: 1, writes: 1 } }, way);
    }
  });

  it('tells what addresses nobody answered', () => {
    const source = `
        cli
        lgdt [pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:wide
        bits 32
wide:   mov ax, 16
        mov ds, ax
        mov ebx, [0x20000000]
        mov [0x20001004], ebx
        mov al, 0
        out 0xf4, al
        hlt
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
pointer: dw 23
        dd gdt`;
    const { status, ways } = told(source);
    assert.equal(status, 0);
    for (const { unansweredPages, way } of ways) {
      const expected = {
        '0x20000000': { reads: 1, writes: 0 },
        '0x20001000': { reads: 0, writes: 1 },
      };
      assert.deepEqual(unansweredPages, expected, way);
    }
  });

  it('lists a way that gives the image up, with the reason', () => {
    // Nobody answers there: to a processor that is FF FF, which is no instruction.
    const source = `
        cli
        lgdt [pointer]
        lidt [vectors]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:wide
        bits 32
wide:   mov ax, 16
        mov ds, ax
        mov ss, ax
        mov esp, 0x7000
        jmp 8:0x20000000
invalid: mov al, 3
        out 0xf4, al
        hlt
        align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
pointer: dw 23
        dd gdt
idt:    times 6 dq 0
        dw invalid, 8, 0x8e00, 0
vectors: dw $ - idt - 1
        dd idt`;
    const { status, ways, notRun } = told(source);
    assert.equal(status, 0);
    assert.deepEqual(
      ways.filter(({ way }) => way !== 'none').map(({ verdict }) => verdict),
      ways.slice(1).map(() => 'equivalent'),
    );
    const vtx = notRun.find(({ way }) => way === 'vtx');
    assert.match(vtx?.reason ?? '', /memory that does not exist/);
    const { stdout } = compare(['guest.asm']);
    assert.match(stdout, /\nvtx: cannot run this image: .*does not exist/);
  });

  it('counts hypercalls under every monitor', () => {
    const source = `
        mov eax, 1
        mov ebx, 'x'
        vmcall
        mov eax, 2
        vmcall`;
    for (const { hypercalls, way, stop } of told(source, '--max-instructions', '1000').ways) {
      if (way === 'none') continue;
      assert.deepEqual([hypercalls, stop], [2, 'halt'], way);
    }
  });

  it('writes CSV and Markdown that read back as they were meant', () => {
    const csv = join(folder, 'told.csv');
    const markdown = join(folder, 'told.md');
    told(PRINT + END, '--csv', csv, '--markdown', markdown);
    const lines = readFileSync(csv, 'utf8').split('\r\n');
    assert.match(lines[0] ?? '', /^measure,none,vtx,/);
    // The last instruction ends the guest by a VM exit, and so is not completed.
    assert.ok(lines.some((line) => line.startsWith('instructions,5,4,')));
    assert.ok(lines.some((line) => line.startsWith('cycles.pentium-4.relative,1,')));
    const table = readFileSync(markdown, 'utf8');
    assert.match(table, /^\| Equivalence \| none \| vtx \| .*\|\n\| --- \| ---: \|/);
    assert.match(table, /\n\| VM exits: IO\\_INSTRUCTION \|/);
  });

  it('speaks Chinese when asked to, in columns that stand under each other', () => {
    const file = write('chinese.asm', `org 0x7c00\nbits 16\n${PRINT}${END}`);
    const { status, stdout } = compare([file, '--locale', 'zh-cn']);
    assert.equal(status, 0);
    assert.match(stdout, /^等价性 +none +vtx/);
    assert.match(stdout, /\n结论 +基准( +等价)+\n/);
  });

  it('measures the regions that labels name', () => {
    const json = join(folder, 'regions.json');
    const source = `
idle:
.count  equ 10
.begin: mov cx, .count
.pass:  loop .pass
.end:
        ${END}`;
    const file = write('regions.asm', `org 0x7c00\nbits 16\n${source}`);
    const { status, stdout } = compare([file, '--regions', '--json', json]);
    assert.equal(status, 0);
    assert.match(stdout, /\nidle, Pentium 4 +1 /);
    const { ways } = JSON.parse(readFileSync(json, 'utf8')) as {
      ways: readonly { readonly regions: { readonly idle: { count: number; direct: number } } }[];
    };
    const { count, direct } = ways[0]?.regions.idle ?? {};
    assert.deepEqual([count, direct], [10, 11]);
  });

  it('ends with 2 and says why where it is not used rightly', () => {
    const file = write('plain.asm', `org 0x7c00\nbits 16\n${END}`);
    const wrong: [args: string[], message: RegExp][] = [
      [[], /no image/],
      [['missing.asm'], /missing\.asm: no such file/],
      [[file, '--memory', '1X'], /no size/],
      [[file, '--max-instructions', 'many'], /no count/],
      [[file, '--regions'], /no labels NAME\.begin and NAME\.end/],
      [[file, '--locale', 'xx'], /no such translation/],
      [[file, '--json', join(folder, 'no', 'such.json')], /cannot be written/],
      [[file, '--nonsense'], /unknown option/],
      [[write('broken.asm', 'nonsense here')], /broken\.asm:1/],
    ];
    for (const [args, message] of wrong) {
      const { status, stderr } = compare(args);
      assert.deepEqual([status, args], [2, args]);
      assert.match(stderr, message);
    }
  });

  it('is the same twice', () => {
    const file = join(ROOT, 'samples', 'rings', 'kernel.asm');
    assert.equal(compare([file]).stdout, compare([file]).stdout);
  });
});
