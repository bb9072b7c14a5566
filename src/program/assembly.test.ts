import assert from 'node:assert/strict';
import { assembleText, hex, messages } from './test-support';

const KERNEL = `org 0x7c00
bits 16
%macro outb 2
  mov al, %2
  out %1, al
%endmacro
start:
  cli
  ; a comment
  outb 0x80, 5
.wait:
  hlt
  jmp .wait
count equ 3
message: db "hi", 0
  dw 1, 2
section .high vstart=0x100000
bits 64
entry:
  mov rax, message
  ret
section .bss
buffer: resb 16
`;

describe('line table and symbols', () => {
  it('tells origin, mode and files', async () => {
    const assembly = await assembleText(KERNEL);
    assert.deepEqual(messages(assembly), []);
    assert.equal(assembly.origin, 0x7c00n);
    assert.equal(assembly.hasOrigin, true);
    assert.equal(assembly.bits, 16);
    assert.deepEqual(assembly.files, ['main.asm']);
  });

  it('finds the line of an address and the addresses of a line', async () => {
    const { lines } = await assembleText(KERNEL);
    const first = lines.at(0x7c00n);
    assert.deepEqual(first?.chain, [{ file: 'main.asm', line: 8, column: 3 }]);
    assert.equal(first?.kind, 'code');
    assert.equal(first?.bits, 16);
    assert.equal(first?.length, 1);
    assert.deepEqual(
      lines.of('main.asm', 8).map((entry) => entry.address),
      [0x7c00n],
    );
    assert.equal(lines.at(0x7bffn), undefined);
  });

  it('gives both places of an instruction from a macro', async () => {
    const { lines } = await assembleText(KERNEL);
    const chains = lines.of('main.asm', 10).map((entry) => entry.chain.map((place) => place.line));
    assert.deepEqual(chains, [
      [10, 4],
      [10, 5],
    ]);
    assert.deepEqual(
      lines.of('main.asm', 5).map((entry) => entry.address),
      [0x7c03n],
    );
  });

  it('moves breakpoints to the next line with code', async () => {
    const { lines } = await assembleText(KERNEL);
    assert.equal(lines.nextCodeLine('main.asm', 9), 10);
    assert.equal(lines.nextCodeLine('main.asm', 14), 19 + 1);
    assert.equal(lines.nextCodeLine('main.asm', 22), undefined);
    assert.equal(lines.nextCodeLine('other.asm', 1), undefined);
  });

  it('tells load from virtual addresses', async () => {
    const { lines, symbols } = await assembleText(KERNEL);
    const entry = symbols.get('entry');
    assert.equal(entry?.value, 0x100000n);
    const line = lines.at(0x100000n);
    assert.equal(line?.bits, 64);
    assert.equal(line?.section, '.high');
    assert.equal(lines.atLoad(line?.load ?? 0n), line);
    assert.notEqual(line?.load, line?.address);
  });

  it('joins the items of one data line and marks reserved space', async () => {
    const { lines } = await assembleText(KERNEL);
    const [data] = lines.of('main.asm', 16);
    assert.deepEqual([data?.kind, data?.length], ['data', 4]);
    const [reserved] = lines.of('main.asm', 23);
    assert.deepEqual([reserved?.kind, reserved?.length], ['reserve', 16]);
  });

  it('names symbols in full and finds the nearest', async () => {
    const { symbols } = await assembleText(KERNEL);
    assert.deepEqual(symbols.get('start.wait')?.location, {
      file: 'main.asm',
      line: 11,
      column: 1,
    });
    assert.deepEqual([symbols.get('count')?.kind, symbols.get('count')?.value], ['equ', 3n]);
    assert.equal(symbols.get('count')?.section, undefined);
    const near = symbols.nearest(0x7c06n);
    assert.deepEqual([near?.symbol.name, near?.offset], ['start.wait', 1n]);
    assert.equal(symbols.nearest(0x7bffn), undefined);
  });

  it('keeps one entry per repetition of code, so that each can be stopped at', async () => {
    const { lines } = await assembleText('times 3 nop\n');
    assert.deepEqual(
      lines.of('main.asm', 1).map((entry) => entry.address),
      [0n, 1n, 2n],
    );
  });
});

describe('files and definitions', () => {
  it('reads includes beside the including file, then from the include folders', async () => {
    const files = {
      'lib/a.inc': '%include "b.inc"\n',
      'lib/b.inc': 'db 1\n%include "c.inc"\n',
      'inc/c.inc': 'db 2\nincbin "d.bin", 1, 2\n',
      'inc/d.bin': Uint8Array.of(9, 8, 7, 6),
    };
    const assembly = await assembleText('%include "lib/a.inc"\n', files, { includeDirs: ['inc'] });
    assert.deepEqual(messages(assembly), []);
    assert.deepEqual([...assembly.image], [1, 2, 8, 7]);
    assert.deepEqual(assembly.files, [
      'main.asm',
      'lib/a.inc',
      'lib/b.inc',
      'inc/c.inc',
      'inc/d.bin',
    ]);
    assert.equal(assembly.lines.at(1n)?.chain[0]?.file, 'inc/c.inc');
  });

  it('takes definitions from outside', async () => {
    const assembly = await assembleText(
      '%ifdef DEBUG\ndb LEVEL\n%endif\n',
      {},
      {
        defines: { DEBUG: '', LEVEL: '7' },
      },
    );
    assert.deepEqual([...assembly.image], [7]);
  });

  it('clears definitions', async () => {
    const source = [
      ...['%define a 1', '%macro m 0', 'db 5', '%endmacro', '%push c', '%define %$x 7'],
      ...['%clear define', '%ifndef a', 'db 2', '%endif', 'm', '%clear macro'],
      ...['%ifnmacro m', 'db 3', '%endif', 'db %$x', '%clear context define'],
      ...['%ifndef %$x', 'db 4', '%endif', '%define b 8', '%clear', '%ifndef b', 'db 9', '%endif'],
    ];
    const assembly = await assembleText(source.join('\n'));
    assert.deepEqual(messages(assembly), []);
    assert.deepEqual([...assembly.image], [2, 5, 3, 7, 4, 9]);
  });

  it('switches aliases off and on', async () => {
    const source = ['%defalias P Q', '%define Q 8', '%aliases off', '%ifndef P', 'db 3', '%endif'];
    const assembly = await assembleText([...source, '%aliases on', 'db P'].join('\n'));
    assert.deepEqual([...assembly.image], [3, 8]);
  });

  it('undefines and includes beforehand, and knows the time', async () => {
    const assembly = await assembleText(
      '%ifndef GONE\ndb HERE\n%endif\ndb __DATE__, __UTC_TIME__\ndd __POSIX_TIME__\n',
      { 'first.inc': '%define HERE 6\n' },
      {
        defines: { GONE: '1' },
        undefines: ['GONE'],
        preincludes: ['first.inc'],
        now: new Date('2026-11-21T12:34:56Z'),
      },
    );
    assert.deepEqual(messages(assembly), []);
    assert.equal(assembly.image[0], 6);
    assert.match(new TextDecoder().decode(assembly.image.subarray(1, 19)), /^2026-11-2\d12:34:56$/);
    assert.equal(hex(assembly.image.subarray(19)), hex(Uint8Array.of(0xf0, 0x8f, 0x01, 0x6b)));
  });

  it('searches the include folders for a path', async () => {
    const files = { 'inc/data.bin': Uint8Array.of(1, 2) };
    const source = '%pathsearch found "data.bin"\n%depend found\ndb found\nincbin found\n';
    const assembly = await assembleText(source, files, { includeDirs: ['inc'] });
    assert.deepEqual(messages(assembly), []);
    assert.equal(new TextDecoder().decode(assembly.image), 'inc/data.bin\x01\x02');
  });

  it('requires a file once', async () => {
    const files = { 'a.inc': 'db 1\n' };
    const assembly = await assembleText('%require "a.inc"\n%require "a.inc"\n', files);
    assert.deepEqual([...assembly.image], [1]);
  });

  it('reports where %line says', async () => {
    const assembly = await assembleText('nop\n%line 41 "real.s"\nmvo ax, 1\n');
    const [error] = assembly.diagnostics;
    assert.deepEqual([error?.file, error?.line, error?.column], ['real.s', 42, 1]);
  });

  it('reports a missing entry', async () => {
    const { assemble } = await import('./index');
    const assembly = await assemble('none.asm', { read: () => Promise.reject(new Error('no')) });
    assert.deepEqual(messages(assembly), ["1:1 error: the file 'none.asm' was not found"]);
    assert.equal(assembly.image.length, 0);
  });

  it('goes on after many warnings, and shows the first of them', async () => {
    const { image, diagnostics } = await assembleText('db 256\n'.repeat(600));
    assert.equal(image.length, 600);
    assert.equal(diagnostics.length, 501);
    assert.match(diagnostics[500]?.message ?? '', /more than 500 warnings/);
  });

  it('follows a chain of a thousand equ that each know the next only later', async () => {
    const chain = Array.from({ length: 1000 }, (_, i) => `e${i} equ e${i + 1} + 1`).join('\n');
    const { image, diagnostics } = await assembleText(`dd e0\n${chain}\ne1000 equ 0\n`);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual([...image], [0xe8, 3, 0, 0]);
  });

  it('tells files that are included without an end from macros', async () => {
    const again = '%ifndef A\n%define A\n%rep 500000\n%include "a"\n%endrep\n%endif\n';
    const told = messages(await assembleText(again, { a: 'nop\n'.repeat(100) }));
    assert.match(told.join(), /`a` is included again and again/);
  });
});
