import assert from 'node:assert/strict';
import { foreignDialect } from './dialect';
import { LanguageService } from './index';
import { marked, workspace } from './language.testing';

async function problems(
  files: Record<string, string>,
  file: string,
): Promise<Record<string, string[]>> {
  const service = workspace(files);
  service.set(file, files[file] ?? '');
  const all = await service.problems(file);
  return Object.fromEntries(
    [...all].map(([name, list]) => [
      name,
      list.map(({ range: { start, end }, severity, message }) => {
        const at = `${start.line + 1}:${start.character + 1}-${end.character + 1}`;
        return `${at} ${severity} ${message}`;
      }),
    ]),
  );
}

describe('problems', () => {
  it('are all that the assembler has to say, each at its place', async () => {
    const found = await problems({ 'a.asm': 'mvo ax, 1\nmov eax, nowhere\n  jmp' }, 'a.asm');
    assert.equal(found['a.asm']?.length, 3);
    assert.match(
      found['a.asm']?.[0] ?? '',
      /^1:1-4 error `mvo`: no such instruction; did you mean `mov`\?/,
    );
    assert.match(found['a.asm']?.[1] ?? '', /^2:10-17 error `nowhere` is not defined/);
  });

  it('stand in the file that they are about, and clear the others', async () => {
    const found = await problems(
      { 'a.asm': '%include "b.inc"\nnop', 'b.inc': 'mvo ax, 1' },
      'a.asm',
    );
    assert.deepEqual(found['a.asm'], []);
    assert.equal(found['b.inc']?.length, 1);
  });

  it('of a file that is only a part are those of the program it belongs to', async () => {
    const files = {
      'sub/part.inc': 'mov ax, PORT\nput 1\n',
      'main.asm': 'PORT equ 1\n%macro put 1\nmov al, %1\n%endmacro\n%include "sub/part.inc"\n',
    };
    assert.deepEqual(await problems(files, 'sub/part.inc'), { 'main.asm': [], 'sub/part.inc': [] });
  });

  it('of a part without a program leave out names that it may find there', async () => {
    const found = await problems(
      { 'part.inc': 'mov ax, PORT\nput 1\nmov ax,\nmov al, eax' },
      'part.inc',
    );
    assert.deepEqual(
      (found['part.inc'] ?? []).map((m) => m.split(':')[0]),
      ['3', '4'],
    );
  });

  it('of a program for another assembler are one hint', async () => {
    const masm = '.model small\n.code\nmain proc\n  mov ax, @data\nmain endp\nend main';
    const found = await problems({ 'a.asm': masm }, 'a.asm');
    assert.equal(found['a.asm']?.length, 1);
    assert.match(found['a.asm']?.[0] ?? '', /information This looks like MASM/);
  });
});

describe('fixes', () => {
  async function fixed(source: string): Promise<string | undefined> {
    const { service, file, position } = marked(source);
    return (await service.fixes(file, position))[0]?.edit.text;
  }

  it('offer the word that was meant', async () => {
    assert.equal(await fixed('  |vmlanch'), 'vmlaunch');
    assert.equal(await fixed('start: nop\n  jmp |strat'), 'start');
    assert.equal(await fixed('a: nop\n.loop: nop\n  jmp |.lopo'), '.loop');
    assert.equal(await fixed('%macro print 0\n%endmacro\n  |prnit'), 'print');
    assert.equal(await fixed('  mov |eaz, 1'), 'eax');
  });

  it('prefer common instructions, and offer some that are as near', async () => {
    assert.equal(await fixed('  |tst eax, eax'), 'test');
    assert.equal(await fixed('  |mv eax, 1'), 'mov');
    const { service, file, position } = marked('  |jnee x\nx: nop');
    const offered = (await service.fixes(file, position)).map(({ edit }) => edit.text);
    assert.equal(offered[0], 'jne');
    assert.equal(offered.length, 3);
    assert.equal(new Set(offered).size, 3);
  });

  it('leave alone what is right or unlike anything', async () => {
    assert.equal(await fixed('  |mov ax, 1'), undefined);
    assert.equal(await fixed('x: jmp |x'), undefined);
    assert.equal(await fixed('  jmp |quite_unknown'), undefined);
  });
});

describe('the dialect', () => {
  const of = (text: string): string | undefined => foreignDialect(text.split('\n'))?.dialect;

  it('is recognised by lines that NASM would never take', () => {
    assert.equal(of('.globl main\nmain:\n  movl $1, %eax\n'), 'GNU as');
    assert.equal(of('format PE console\nentry start\n'), 'FASM');
    assert.equal(of('data segment\nx db 1\ndata ends\nassume ds:data\n'), 'MASM');
  });

  it('is NASM for NASM, also with mistakes and names alike', () => {
    const nasm = `section .text\nglobal main\nmain: mov eax, [x]\n%macro put 1\n mov al, %1\n%endmacro\n.data: dd 1\nx: db ".model small"\n`;
    assert.equal(of(nasm), undefined);
    assert.equal(of('%define a 1\n  mov eax, %1\n  put %eax\n'), undefined);
  });
});

describe('programs', () => {
  it('are assembled once for many questions, and again after a change', async () => {
    let reads = 0;
    const service = new LanguageService({
      read: () => {
        reads++;
        return Promise.resolve(new TextEncoder().encode('X equ 1'));
      },
      sources: () => Promise.resolve([]),
      list: () => Promise.resolve([]),
      options: () => ({}),
    });
    service.set('/a.asm', '%include "x.inc"\nstart: mov ax, X');
    await Promise.all([
      service.problems('/a.asm'),
      service.outline('/a.asm'),
      service.outline('/a.asm'),
    ]);
    assert.equal(reads, 1);
    assert.equal((await service.outline('/a.asm')).length, 1);
    service.set('/a.asm', '%include "x.inc"\nstart: mov ax, X\nmore: nop');
    assert.equal((await service.outline('/a.asm')).length, 2);
    service.changedOnDisk('/x.inc');
    await service.problems('/a.asm');
    assert.equal(reads, 2);
  });

  it('that change while they are assembled are begun anew', async () => {
    const long = 'nop\n'.repeat(30_000);
    const service = workspace({ 'a.asm': long });
    service.set('a.asm', long);
    const first = service.outline('a.asm');
    await new Promise((resolve) => setTimeout(resolve, 30));
    service.set('a.asm', 'here: nop');
    assert.deepEqual(
      (await first).map(({ name }) => name),
      ['here'],
    );
  });

  it('let others have their turn', async () => {
    const service = workspace({ 'a.asm': '' });
    service.set('a.asm', 'mov eax, [ebx + 4]\n'.repeat(20_000));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await service.outline('a.asm');
    clearInterval(timer);
    assert.ok(turns > 3, String(turns));
  });

  it('use the macros and folders of their options', async () => {
    const service = workspace(
      { 'inc/x.inc': 'Y equ 2' },
      { defines: { X: '1' }, includeDirs: ['inc'] },
    );
    service.set('a.asm', '%include "x.inc"\nmov ax, X + Y');
    assert.deepEqual((await service.problems('a.asm')).get('a.asm'), []);
  });
});
