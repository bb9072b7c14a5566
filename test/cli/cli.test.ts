import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, ROOT } from '../transcripts/cli-bundle';

/** The command line is a contract: exit statuses, files, and where messages go. */
describe('command line', function () {
  this.timeout(120_000);
  let cli = '';
  let folder = '';

  before(async () => {
    cli = await commandLine();
    folder = mkdtempSync(join(tmpdir(), 'ringside-cli-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  interface Outcome {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }

  const run = (args: readonly string[], input = ''): Outcome =>
    spawnSync(process.execPath, [cli, ...args], { cwd: folder, input, encoding: 'utf8' });

  const write = (name: string, source: string | Uint8Array): string => {
    writeFileSync(join(folder, name), source);
    return name;
  };

  const report = (): Record<string, unknown> =>
    JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Record<string, unknown>;

  const MONITORS = ['vtx', 'emulate', 'none'] as const;

  it('run --cpu amd: a hypervisor that uses SVM', () => {
    const file = write('svm.asm', readFileSync(join(ROOT, 'src/session/testdata/svm.asm')));
    const outcome = run(['run', file, '--cpu', 'amd', '--monitor', 'none', '--json', 'run.json']);
    assert.deepEqual([outcome.status, outcome.stdout], [1, 'CFMH\n'], outcome.stderr);
    const exits = { VMEXIT_CPUID: 1, VMEXIT_IOIO: 2, VMEXIT_NPF: 1, VMEXIT_HLT: 1 };
    assert.deepEqual(report()['exits'], exits);
  });

  for (const monitor of ['none', 'deprivilege', 'translate', 'paravirt', 'emulate'] as const) {
    it(`run --cpu amd: CPUID tells AMD’s name (${monitor})`, () => {
      const letters = 'mov dx, 0x3f8\nl: lodsb\nout dx, al\nloop l\nmov al, 0\nout 0xf4, al\nhlt';
      const stores = 'mov [0x500], ebx\nmov [0x504], edx\nmov [0x508], ecx';
      const code = `mov eax, 0\ncpuid\n${stores}\nmov si, 0x500\nmov cx, 12\n${letters}`;
      const file = write('vendor.asm', `org 0x7c00\n${code}`);
      const { stdout } = run(['run', file, '--cpu', 'amd', '--monitor', monitor]);
      assert.equal(stdout, 'AuthenticAMD');
    });
  }

  for (const monitor of MONITORS) {
    const flags = ['--monitor', monitor];

    it(`run: (v << 1) | 1 for port 0xf4 (${monitor})`, () => {
      const file = write('exit.asm', 'org 0x7c00\nmov al, 21\nout 0xf4, al\nhlt');
      assert.equal(run(['run', file, ...flags]).status, 43);
    });

    it(`run: 0 on a clean halt and on power-off (${monitor})`, () => {
      assert.equal(run(['run', write('halt.asm', 'org 0x7c00\ncli\nhlt'), ...flags]).status, 0);
      const off = 'org 0x7c00\nmov dx, 0x604\nmov ax, 0x2000\nout dx, ax\njmp $';
      assert.equal(run(['run', write('off.asm', off), ...flags]).status, 0);
    });

    it(`run: 3 at the instruction limit, 4 on a triple fault, which are told (${monitor})`, () => {
      const loop = write('loop.asm', 'org 0x7c00\njmp $');
      assert.equal(run(['run', loop, ...flags, '--max-instructions', '5000']).status, 3);
      const triple = write('triple.asm', 'org 0x7c00\nlidt [none]\nint 3\nnone: dw 0\ndd 0');
      const { status, stderr } = run(['run', triple, ...flags]);
      assert.equal(status, 4);
      assert.match(stderr, /triple fault/i);
    });

    it(`run: the serial port is stdin and stdout (${monitor})`, () => {
      const echo = readFileSync(join(ROOT, 'test/transcripts/guests/serial.asm'));
      const { status, stdout } = run(['run', write('echo.asm', echo), ...flags], 'ring 0?q');
      assert.equal(stdout, 'ring 0?q');
      assert.equal(status, 0);
    });

    it(`run: --json tells how it went (${monitor})`, () => {
      const source =
        'org 0x7c00\nmov dx, 0x190\nmov al, 7\nout dx, al\ncpuid\nmov ebx, 0x1234\nmov al, 0\nout 0xf4, al';
      const { status } = run(['run', write('json.asm', source), ...flags, '--json', 'run.json']);
      assert.equal(status, 1);
      const told = report();
      assert.equal(told['stop'], 'exit-device');
      assert.equal(typeof told['cycles'], 'number');
      assert.match(String(told['stateHash']), /^[0-9a-f]{64}$/);
      assert.deepEqual(told['unclaimedPorts'], { '0x190': { reads: 0, writes: 1, last: 7 } });
      assert.match(JSON.stringify(told['registers']), /0x1234\b/);
      assert.doesNotMatch(JSON.stringify(told['registers']), /mm|st|fcw|xcr0/, 'none is in use');
      // Those that exit are not retired: the monitor completes them.
      assert.equal(told['instructions'], monitor === 'vtx' ? 4 : 7);
      const exits = told['exits'] as Record<string, number>;
      assert.deepEqual(
        Object.keys(exits).map((reason) => /^(CPUID|IO_INSTRUCTION)$/.test(reason)),
        monitor === 'vtx' ? [true, true] : [],
      );
    });

    it(`run: --json tells of x87 and vector registers that are in use (${monitor})`, () => {
      const source = `org 0x7c00
        mov eax, 0x200
        mov cr4, eax
        fld1
        movups xmm3, [numbers]
        mov al, 0
        out 0xf4, al
numbers: dq 5, 6`;
      run(['run', write('units.asm', source), ...flags, '--json', 'run.json']);
      const told = report()['registers'] as Record<string, string>;
      assert.equal(told['st0'], '0x3fff8000000000000000');
      assert.equal(told['xmm3'], '0x60000000000000005');
      assert.equal(told['ftw'], '0x3fff');
      assert.deepEqual(
        ['st1', 'xmm0', 'ymm3', 'mm7', 'mxcsr', 'xcr0'].filter((name) => name in told),
        [],
      );
    });
  }

  it('run: a shutdown is told with place, instruction and the reason of each fault, also in the JSON', () => {
    const source =
      'org 0x7c00\nlgdt [table]\nmov eax, cr0\ninc ax\nmov cr0, eax\njmp 8:next\nnext:\nhlt\ntable: dw 7\ndd 0x500';
    const flags = ['--monitor', 'none', '--json', 'run.json'];
    const { status, stderr } = run(['run', write('table.asm', source), ...flags]);
    assert.equal(status, 4);
    assert.match(stderr, /^#GP .*selector 0x8 in the GDT\) at 0x7c0c \(table\.asm:6: jmp 8:/m);
    assert.match(stderr, /^Selector 0x8 lies beyond the limit 0x7 of the GDT\.\nGDTR: base 0x500/m);
    assert.match(stderr, /^Entry 0xd of the IDT is empty\./m);
    const { place, faults } = report() as Record<string, Record<string, unknown>>;
    assert.deepEqual([place?.['line'], place?.['address']], [6, '0x7c0c']);
    assert.equal(place?.['instruction'], 'jmp 8:0x7c11');
    const checks = (faults as unknown as { check: string }[]).map(({ check }) => check);
    assert.deepEqual(checks, ['gdt-limit', 'idt-gate-type', 'double-fault', 'idt-gate-type']);
  });

  it('run: a limit is told with the place and the latest exception, an empty vector where it was raised', () => {
    const source = 'org 0x7c00\nxor cx, cx\ndiv cx\n';
    const flags = ['--monitor', 'none', '--max-instructions', '9000'];
    const { status, stderr } = run(['run', write('empty.asm', source), ...flags]);
    assert.equal(status, 3);
    assert.match(stderr, /^ringside: The instruction limit is reached at 0x[0-9a-f]+ \(/);
    assert.match(stderr, /^#DE .* at 0x7c02 \(empty\.asm:3: div cx\)\nThe divisor is 0\./m);
    assert.match(stderr, /^Vector 0x0 is 0000:0000/m);
  });

  it('run: the latest exception is one that the guest got, not one of the shadow page tables', () => {
    for (const monitor of ['vtx', 'svm', 'deprivilege']) {
      const flags = ['--monitor', monitor, '--paging', 'shadow', '--max-instructions', '20000'];
      const quiet = run(['run', write('paged.asm', pagedGuest('')), ...flags]);
      assert.equal(quiet.status, 3);
      assert.doesNotMatch(quiet.stderr, /latest exception/, monitor);
      const faulting = pagedGuest('mov eax, [0x123456]');
      const { stderr } = run(['run', write('faults.asm', faulting), ...flags]);
      assert.match(
        stderr,
        /^#PF .*not present, read, supervisor mode; address 0x123456\)/m,
        monitor,
      );
    }
  });

  it('run: a deterministic program ends in the same state each time, another in another', () => {
    const hash = (instruction: string): unknown => {
      const source = `org 0x7c00\n${instruction}\nmov al, 0\nout 0xf4, al`;
      run(['run', write('hash.asm', source), '--json', 'run.json']);
      return report()['stateHash'];
    };
    assert.equal(hash('rdtsc'), hash('rdtsc'));
    assert.notEqual(hash('mov byte [0x500], 1'), hash('mov byte [0x500], 2'));
  });

  it('run: an image with 55 AA boots as a disk, any other starts at its org', () => {
    // A BIOS gives the drive in DL and loads one sector only.
    const boot =
      'org 0x7c00\nmov al, dl\nshr al, 7\nout 0xf4, al\ntimes 510 - ($ - $$) db 0\ndw 0xaa55\ntimes 512 db 1';
    assert.equal(run(['asm', write('boot.asm', boot), '-o', 'boot.bin']).status, 0);
    assert.equal(run(['run', 'boot.bin']).status, 3);
    const flat = 'org 0x7c00\nmov al, [there]\nout 0xf4, al\ntimes 4096 db 0\nthere: db 9';
    assert.equal(run(['asm', write('flat.asm', flat), '-o', 'flat.bin']).status, 0);
    assert.equal(run(['run', 'flat.bin']).status, 19);
  });

  it('asm: image and map, macros and folders from the command line', () => {
    write('part.inc', 'db VALUE');
    const file = write('main.asm', 'org 0x7c00\n%include "part.inc"\nhere: dw here');
    const options = '-o main.bin --map main.map -D VALUE=0x41 -I .'.split(' ');
    const { status } = run(['asm', file, ...options]);
    assert.equal(status, 0);
    assert.deepEqual([...readFileSync(join(folder, 'main.bin'))], [0x41, 0x01, 0x7c]);
    assert.match(readFileSync(join(folder, 'main.map'), 'utf8'), /"name": "here"/);
  });

  it('asm: errors with file, line and column on stderr, status 2, and no file', () => {
    const { status, stderr, stdout } = run([
      'asm',
      write('wrong.asm', 'mov ax, 1\nmvo bx, 2'),
      '-o',
      'wrong.bin',
    ]);
    assert.equal(status, 2);
    assert.match(stderr, /wrong\.asm:2:1: error: `mvo`.*`mov`/);
    assert.equal(stdout, '');
    assert.ok(!existsSync(join(folder, 'wrong.bin')));
  });

  it('asm: an output that cannot be written is said, and nothing half-written is left', () => {
    const file = write('good.asm', 'nop');
    for (const output of ['no/such/folder/x.bin', '.']) {
      const { status, stderr } = run(['asm', file, '-o', output]);
      assert.equal(status, 2);
      assert.match(stderr, /^ringside: .*(cannot be written|is a directory)/);
    }
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('disasm: addresses, bytes and instructions', () => {
    write('code.bin', Uint8Array.from([0xb8, 0x34, 0x12, 0x0f, 0xa2]));
    const { status, stdout } = run(['disasm', 'code.bin', '--bits', '16', '--org', '0x7c00']);
    assert.equal(status, 0);
    assert.match(stdout, /7c00.*mov ax, ?0x1234\n.*7c03.*cpuid/i);
  });

  for (const [what, args, message] of [
    ['no command', [], /usage/i],
    ['a missing file', ['run', 'none.asm'], /none\.asm: no such file/],
    ['a folder', ['run', '.'], /is a directory/],
    ['an empty file', ['run', 'empty.asm'], /empty/],
    ['binary garbage as .asm', ['run', 'garbage.asm'], /garbage\.asm/],
    ['an impossible memory', ['run', 'good.asm', '--memory', '100G'], /--memory 100G/],
    ['an unknown option', ['run', 'good.asm', '--colour'], /--colour/],
    [
      'VT-x on an AMD processor',
      ['run', 'good.asm', '--cpu', 'amd', '--monitor', 'vtx'],
      /--monitor vtx needs VT-x/,
    ],
    [
      'SVM on an Intel processor',
      ['run', 'good.asm', '--cpu', 'intel', '--monitor', 'svm'],
      /--monitor svm needs SVM/,
    ],
    ['too many processors', ['run', 'good.asm', '--cpus', '9'], /--cpus: .*1 to 8/],
    ['no number of processors', ['run', 'good.asm', '--cpus', 'two'], /--cpus two/],
    [
      'processors of a guest in software',
      ['run', 'good.asm', '--cpus', '2', '--monitor', 'emulate'],
      /not built yet: --cpus 2 with --monitor emulate/,
    ],
    [
      'processors of a guest with shadow paging',
      ['run', 'good.asm', '--cpus', '2', '--paging', 'shadow'],
      /not built yet: --cpus 2 with --paging shadow/,
    ],
    [
      'processors of several guests',
      ['run', 'good.asm', '--cpus', '2', '--guest', 'good.asm'],
      /not built yet: --cpus 2 with --guest/,
    ],
    ['gdb without a port', ['gdb', 'good.asm'], /--port/],
    ['gdb on a port that is none', ['gdb', 'good.asm', '--port', '70000'], /no port: 70000/],
    ['grade', ['grade', '.'], /not built yet/],
  ] as const) {
    it(`status 2 and a message for ${what}`, () => {
      write('empty.asm', '');
      write('good.asm', 'org 0x7c00\ncli\nhlt');
      write(
        'garbage.asm',
        Uint8Array.from({ length: 3000 }, (_, n) => (n * 131) & 0xff),
      );
      const { status, stderr, stdout } = run(args);
      assert.equal(status, 2);
      assert.match(stderr + stdout, message);
    });
  }

  it('asm: an empty source is an empty image; run and disasm say what is missing', () => {
    assert.equal(run(['asm', write('none.asm', ''), '-o', 'none.bin']).status, 0);
    assert.equal(readFileSync(join(folder, 'none.bin')).length, 0);
    assert.match(run(['run', 'none.asm']).stderr, /gives not one byte of code/);
    assert.match(run(['disasm', 'none.bin']).stderr, /is empty/);
  });

  it('asm: includes are found in the working folder, too, after all others', () => {
    mkdirSync(join(folder, 'sub/lib'), { recursive: true });
    write('sub/main.asm', '%include "lib/a.inc"\n%include "here.inc"');
    write('sub/lib/a.inc', '%include "b.inc"');
    write('sub/lib/b.inc', 'db 1');
    write('b.inc', 'db 9');
    write('here.inc', 'db 2');
    assert.equal(run(['asm', 'sub/main.asm', '-o', 'main.bin']).status, 0);
    assert.deepEqual([...readFileSync(join(folder, 'main.bin'))], [1, 2]);
  });

  it('asm: only regular files are included, and of a huge one what is wanted', function () {
    if (process.platform === 'win32') this.skip();
    spawnSync('mkfifo', [join(folder, 'fifo')]);
    symlinkSync('loop', join(folder, 'loop'));
    write('huge', '0123456789');
    truncateSync(join(folder, 'huge'), 2 ** 32);
    const told = (line: string): string => run(['asm', write('odd.asm', line), '-o', 'o']).stderr;
    assert.match(told('%include "fifo"'), /odd\.asm:1:10: error: 'fifo' is a pipe/);
    assert.match(told('incbin "fifo", 0, 1'), /'fifo' is a pipe/);
    assert.match(told('incbin "/dev/zero", 0, 10'), /'\/dev\/zero' is a device/);
    assert.match(told('%include "/"'), /'\/' is a folder/);
    assert.match(told('%include "loop"'), /'loop' is a link that leads back/);
    assert.match(told('incbin "huge"'), /'huge' is too large: at most 64 MB/);
    assert.equal(told('incbin "huge", 5, 8'), '');
    assert.equal(readFileSync(join(folder, 'o'), 'latin1'), '56789\0\0\0');
  });

  it('asm: a source may come through a pipe, and the image go to standard output', function () {
    if (process.platform === 'win32') this.skip();
    const { status, stdout } = run(['asm', '/dev/stdin', '-o', '/dev/stdout'], 'db "piped"');
    assert.deepEqual([status, stdout], [0, 'piped']);
  });

  it('asm: -o writes through a link, and leaves the link', function () {
    if (process.platform === 'win32') this.skip();
    write('target.bin', 'before');
    symlinkSync('target.bin', join(folder, 'link.bin'));
    assert.equal(run(['asm', write('a.asm', 'db "after"'), '-o', 'link.bin']).status, 0);
    assert.ok(lstatSync(join(folder, 'link.bin')).isSymbolicLink());
    assert.equal(readFileSync(join(folder, 'target.bin'), 'latin1'), 'after');
    assert.match(run(['asm', 'a.asm', '-o', 'loop']).stderr, /cannot be written \(ELOOP\)/);
  });

  it('output that nobody takes ends the command without a stack trace, with a status of its own', function () {
    if (process.platform !== 'linux') this.skip();
    write('endless.asm', 'org 0x7c00\nmov dx, 0x3f8\nmov al, 10\nout dx, al\njmp $-1');
    write('long.bin', new Uint8Array(200_000).fill(0x90));
    const shell = (command: string): Outcome =>
      spawnSync('bash', ['-c', command.replaceAll('ringside', `"${process.execPath}" "${cli}"`)], {
        cwd: folder,
        encoding: 'utf8',
      });
    for (const command of ['run endless.asm', 'disasm long.bin']) {
      const cut = shell(`ringside ${command} | head -1 >/dev/null; exit \${PIPESTATUS[0]}`);
      assert.deepEqual([cut.status, cut.stderr], [74, ''], command);
      const full = shell(`ringside ${command} >/dev/full`);
      assert.equal(full.status, 74, command);
      assert.equal(full.stderr, 'ringside: the output cannot be written (ENOSPC)\n');
    }
  });

  it('dap: a port that is in use is told, with status 2', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const { status, stderr } = run(['dap', '--port', String(port)]);
    server.close();
    assert.equal(status, 2);
    assert.equal(stderr, `ringside: --port ${String(port)}: cannot listen there (EADDRINUSE)\n`);
  });

  it('an option without a number is bad usage', () => {
    for (const args of [
      ['run', 'halt.asm', '--max-instructions', ''],
      ['run', 'halt.asm', '--max-instructions', ' '],
      ['dap', '--port', ''],
    ])
      assert.equal(run(args).status, 2, args.join(' '));
  });
});

/** Reads memory for ever with paging on, which maps the first 256 KBytes; a page fault goes on behind the read. */
const pagedGuest = (before: string): string => `
        org 0x7c00
        bits 16
        cli
        lgdt [gdtr]
        lidt [idtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:start
        bits 32
start:  mov ax, 16
        mov ds, ax
        mov ss, ax
        mov esp, 0x7000
        mov dword [0x10000], 0x11003
        xor ecx, ecx
fill:   mov eax, ecx
        shl eax, 12
        or eax, 3
        mov [0x11000 + ecx*4], eax
        inc ecx
        cmp ecx, 64
        jb fill
        mov dword [0x12000 + 14*8], 0x00080000 + (handler - $$) + 0x7c00
        mov dword [0x12000 + 14*8 + 4], 0x8e00
        mov eax, 0x10000
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        ${before}
again:  mov eax, [0x20000]
        jmp again
handler: add esp, 4
        jmp again
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:   dw 23
        dd gdt
idtr:   dw 0x7ff
        dd 0x12000
`;
