import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { marked } from '../language.testing';

async function hover(source: string, others: Record<string, string> = {}): Promise<string> {
  const { service, file, position } = marked(source, others);
  return (await service.hover(file, position))?.markdown ?? '';
}

/** The text of a row of the table. */
function row(markdown: string, name: string): string | undefined {
  return new RegExp(`\\| \\*\\*${name}\\*\\* \\| (.*) \\|`).exec(markdown)?.[1];
}

describe('hover on an instruction', () => {
  it('says what it does, and what was made of it', async () => {
    const text = await hover('org 0x7c00\nbits 32\nnop\nm|ov eax, [ebx+4]');
    assert.match(text, /^\*\*MOV\*\* Copies the source to the destination/);
    assert.equal(row(text, 'Form'), '`MOV r32, r/m32` → `8B 43 04` at `0x7c01`');
    assert.equal(row(text, 'Flags'), 'untouched');
    assert.equal(row(text, 'Privilege'), 'Any ring.');
    assert.equal(row(text, 'VT-x'), 'does not exit');
  });

  it('tells flags read and written, and registers that are not named', async () => {
    const adc = await hover('a|dc eax, 1');
    assert.equal(row(adc, 'Flags'), 'reads CF · by the result: CF PF AF ZF SF OF');
    const and = await hover('a|nd eax, 1');
    assert.equal(row(and, 'Flags'), 'by the result: PF ZF SF · clears CF OF · undefined: AF');
    const cpuid = await hover('bits 64\ncp|uid');
    assert.equal(row(cpuid, 'Registers'), 'also reads ECX, EAX · also writes ECX, EDX, EBX, EAX');
    const string = await hover('bits 64\nrep st|osd');
    assert.equal(row(string, 'Flags'), 'reads DF');
  });

  it('tells what an interrupt does to the flags on the way to its handler', async () => {
    for (const source of ['in|t 0x80', 'in|t3', 'ic|ebp'])
      assert.match(row(await hover(source), 'Flags') ?? '', /^on the way.*IF through/, source);
    assert.match(row(await hover('in|to'), 'Flags') ?? '', /^reads OF · on the way/);
    assert.match(row(await hover('po|pf'), 'Flags') ?? '', /by the result.*IOPL in ring 0$/);
    assert.match(row(await hover('vml|aunch'), 'Flags') ?? '', /guest’s flags are loaded/);
  });

  it('tells exits under VT-x with their control and reason, and under SVM with their code', async () => {
    const cpuid = await hover('cp|uid');
    assert.equal(row(cpuid, 'VT-x'), '**always exits** (exit 10: CPUID)');
    assert.equal(row(cpuid, 'SVM'), 'exits by intercept CPUID (VMCB 00Ch bit 18; exit code 072h)');
    const hlt = await hover('h|lt');
    assert.equal(row(hlt, 'VT-x'), 'exits by “HLT exiting” (exit 12: HLT)');
    assert.match(row(hlt, 'Privilege') ?? '', /Ring 0 only/);
    assert.match(hlt, /SDM 3C 26\.1\.3 · APM 2 15\.9/);
    const cr3 = await hover('m|ov cr3, eax');
    assert.match(row(cr3, 'VT-x') ?? '', /CR3-load exiting.*exit 28/);
    assert.match(row(await hover('m|ov eax, cr0'), 'VT-x') ?? '', /read shadow/);
    assert.match(row(await hover('vml|aunch'), 'SVM') ?? '', /not on AMD/);
    for (const source of ['vm|run', 'st|gi', 'ski|nit', 'clz|ero', 'monit|orx', 'fe|mms'])
      assert.match(row(await hover(source), 'VT-x') ?? '', /not on Intel/, source);
    for (const source of ['get|sec', 'enc|ls', 'pcon|fig', 'xen|d', 'bits 64\ntpa|use eax'])
      assert.match(row(await hover(source), 'SVM') ?? '', /not on AMD/, source);
    assert.match(row(await hover('vmg|exit'), 'SVM') ?? '', /always exits.*403h/);
    const padlock = await hover('xst|ore');
    assert.match(row(padlock, 'VT-x') ?? '', /not on Intel/);
    assert.match(row(padlock, 'SVM') ?? '', /not on AMD/);
  });

  it('names the sensitive instructions that are not privileged', async () => {
    for (const source of ['sg|dt [0]', 'po|pf', 'sms|w ax', 'la|r ax, bx', 'pu|shf', 'p|ush cs'])
      assert.match(
        row(await hover(source), 'Sensitive') ?? '',
        /^Yes, though not privileged: /,
        source,
      );
    for (const source of ['lg|dt [0]', 'a|dd ax, bx', 'p|ush ax'])
      assert.equal(row(await hover(source), 'Sensitive'), undefined, source);
  });

  it('works where the program has errors, with the form that fits', async () => {
    const text = await hover('bits 64\nmvo ax, 1\nm|ov cr3, rax');
    assert.equal(row(text, 'Form'), '`MOV cr, r64`');
    assert.match(row(text, 'Privilege') ?? '', /Ring 0/);
  });

  it('falls back to the extension where there is no sentence', async () => {
    assert.match(await hover('bits 64\nvp|addb xmm0, xmm1, xmm2'), /An instruction of AVX/);
    assert.match(await hover('j|nz $'), /Jumps if not equal, or not zero \(ZF = 0\)\./);
    assert.match(await hover('bits 64\nlo|ck inc dword [rax]'), /changes memory atomically/);
  });
});

describe('hover in Chinese', () => {
  before(() => {
    const bundle = join(__dirname, '../../../l10n/bundle.l10n.zh-cn.json');
    l10n.config({ contents: readFileSync(bundle, 'utf8') });
  });
  after(() => {
    l10n.config({ contents: {} });
  });

  it('names exits in the reader’s words and punctuation', async () => {
    const io = await hover('in| al, dx');
    assert.match(
      row(io, 'VT-x') ?? '',
      /^由“Unconditional I\/O exiting”决定是否引起 VM 退出（退出原因 30：I\/O 指令）。仅当/,
    );
    assert.match(row(io, 'SVM') ?? '', /^由拦截 IOIO_PROT 引起 VM 退出（.*）。由该端口/);
    assert.equal(row(await hover('cp|uid'), 'VT-x'), '**总是引起 VM 退出**（退出原因 10：CPUID）');
    assert.match(await hover('bits 64\nvp|addb xmm0, xmm1, xmm2'), /AVX/);
  });
});

describe('hover on a name', () => {
  it('shows the definition, its value, section and comments', async () => {
    const source =
      'org 0x100\n; Says hello.\n; AX = nothing\nhello: mov ax, 1 ; begins\ncall hel|lo';
    const text = await hover(source);
    assert.match(text, /```nasm\nhello: mov ax, 1\n```/);
    assert.match(text, /label in section `\.text`, at `0x100` \(256\)/);
    assert.match(text, /Says hello\\?\.\s+\n?AX = nothing\s+\n?begins/);
  });

  it('shows constants in hexadecimal and decimal, and the MSR they number', async () => {
    const text = await hover('EFER equ 0xc0000080\nmov ecx, EF|ER');
    assert.match(text, /constant = `0xc0000080` \(3221225600\) · number of the MSR `IA32_EFER`/);
  });

  it('shows macros with their text', async () => {
    assert.match(await hover('%define BASE 1 + 2\nmov ax, BA|SE'), /%define BASE 1 \+ 2/);
    const multi = await hover('; Prints one.\n%macro put 1\nmov al, %1\n%endmacro\npu|t 3');
    assert.match(multi, /%macro put 1\nmov al, %1\n%endmacro/);
    assert.match(multi, /Prints one/);
  });

  it('shows structures with size and fields with offset', async () => {
    const struc = 'struc task\n.a: resd 1\n.b: resd 1\nendstruc\n';
    assert.match(await hover(`${struc}mov ax, task.|b`), /field at offset `4`/);
    assert.match(await hover(`${struc}istruc ta|sk\niend`), /structure of 8 bytes/);
  });

  it('says where a name of another file is defined', async () => {
    assert.match(
      await hover('%include "io.inc"\nmov ax, PO|RT', { 'io.inc': '\nPORT equ 5' }),
      /io\\?\.inc, line 2/,
    );
  });
});

describe('hover on other things', () => {
  it('tells what a register is part of', async () => {
    const text = await hover('bits 64\nmov a|l, 1');
    assert.match(text, /^\*\*AL\*\* Bits 7 to 0 of `rax`\. Accumulator/);
    assert.match(text, /rax +63─+0\n/);
    assert.match(await hover('bits 64\nmov e|ax, 1'), /clears the upper 32 bits of `rax`/);
    assert.doesNotMatch(await hover('bits 32\nmov e|ax, 1'), /clears the upper/);
    assert.match(await hover('mov d|s, ax'), /Data segment/);
    assert.match(await hover('mov eax, cr|0'), /\| 31 \| \*\*PG\*\* \| Paging\./);
    assert.match(await hover('movaps xm|m1, xmm2'), /Vector register of 128 bits/);
  });

  it('converts numbers and explains words', async () => {
    assert.match(await hover('mov ax, 0x4|1'), /`0x41` \(65\) · `0b0100_0001` · `'A'`/);
    assert.match(await hover("mov eax, 'a|b'"), /2 bytes · `0x6261` \(25185\)/);
    assert.match(await hover('b|its 16'), /```nasm\nbits 16 \| 32 \| 64\n```/);
    assert.match(await hover('%if|def X\n%endif'), /single-line macro is defined/);
    assert.match(await hover('mov ax, |$'), /address of this line/);
    assert.match(await hover('%macro m 1\nmov al, %|1\n%endmacro'), /Parameter 1/);
  });

  it('says nothing in comments and between words', async () => {
    assert.equal(await hover('nop ; mo|v'), '');
    assert.equal(await hover('  |  nop'), '');
  });
});
