import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble, type SourceFiles } from '../../program';
import { hex } from '../../program/test-support';
import { findMacros } from '../language.testing';
import { formatText, type FormatOptions } from './format';

const OPTIONS: FormatOptions = {
  mnemonicColumn: 0,
  operandColumn: 0,
  commentColumn: 0,
  spaceAfterComma: true,
  tabSize: 8,
  insertSpaces: true,
};

const format = (text: string, options: Partial<FormatOptions> = {}): string =>
  formatText(text, { ...OPTIONS, ...options }, findMacros(text));

/** Sources of the samples and of the assembler's corpus. */
function sources(): string[] {
  const root = join(__dirname, '../../..');
  const folders = ['samples', 'test'].map((folder) => join(root, folder));
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(asm|inc|nasm)$/.test(name))
      .map((name) => join(folder, name)),
  );
}

/** The disk, with every source formatted. */
function formattedDisk(options: Partial<FormatOptions>): SourceFiles {
  return {
    read: (path) => {
      const bytes = readFileSync(path);
      if (!/\.(asm|inc|nasm)$/.test(path)) return Promise.resolve(bytes);
      return Promise.resolve(new TextEncoder().encode(format(bytes.toString('utf8'), options)));
    },
  };
}

const disk: SourceFiles = { read: (path) => Promise.resolve(readFileSync(path)) };

describe('formatting', () => {
  it('puts labels, statements and comments into columns', () => {
    const source = `start: mov ax,1 ; one
mov   bx , [di+2] ; two
 .loop: loop .loop
   ; alone
; at the edge
verylonglabel: nop`;
    assert.equal(
      format(source),
      `start:  mov ax, 1                   ; one
        mov bx , [di+2]             ; two
.loop:  loop .loop
        ; alone
; at the edge
verylonglabel: nop`,
    );
  });

  it('keeps the columns that the writer has chosen', () => {
    const source = `    mov     eax, 1          ; a
    add     eax, ebx        ; b
  inc eax ; c`;
    assert.equal(
      format(source),
      `    mov     eax, 1          ; a
    add     eax, ebx        ; b
    inc     eax             ; c`,
    );
  });

  it('can be told the columns', () => {
    const options = { mnemonicColumn: 4, operandColumn: 12, commentColumn: 30 };
    assert.equal(format('x: mov ax,bx ; y', options), 'x:  mov     ax, bx            ; y');
    assert.equal(
      format('x: mov ax,bx', { ...options, spaceAfterComma: false }),
      'x:  mov     ax,bx',
    );
  });

  it('lines up constants and data', () => {
    assert.equal(format('A equ 1\nLONGER equ 2'), 'A      equ 1\nLONGER equ 2');
    assert.equal(
      format('a: db 1\nlonger_name: db 2\n db 3'),
      'a:           db 1\nlonger_name: db 2\n             db 3',
    );
  });

  it('leaves alone what has a form of its own', () => {
    const source = `%define  F(x)   x+1
  %if   1
%endif
line \\
   one
db "a,b  c" , 'd'
[bits 16]
%macro m 1
%1:   db  %1
%endmacro`;
    const expected = source
      .replace('db "a,b  c" , \'d\'', '        db "a,b  c" , \'d\'')
      .replace('%1:   db  %1', '%1:   db %1');
    assert.equal(format(source), expected);
  });

  it('writes tabs where the file has them', () => {
    const tabs = { insertSpaces: false };
    assert.equal(
      format('x:\tmov ax,1\t; y\n\tnop', tabs),
      'x:\tmov ax, 1\t\t\t; y\n\tnop'.replace('\t\t\t; y', '\t; y'),
    );
  });

  it('keeps line ends and only takes blanks from the ends of lines', () => {
    assert.equal(format('nop  \r\n\r\n nop\r\n'), '        nop\r\n\r\n        nop\r\n');
  });

  for (const options of [
    {},
    { operandColumn: 20, mnemonicColumn: 6, commentColumn: 50 },
    { insertSpaces: false },
  ]) {
    it(`changes no byte of any program, and nothing the second time: ${JSON.stringify(options)}`, async () => {
      const files = sources();
      assert.ok(files.length >= 10, String(files.length));
      for (const file of files) {
        const text = readFileSync(file, 'utf8');
        const once = format(text, options);
        assert.equal(format(once, options), once, file);
        assert.equal(once.replace(/\s/g, ''), text.replace(/\s/g, ''), file);
        const before = await assemble(file, disk);
        const after = await assemble(file, formattedDisk(options));
        assert.equal(hex(after.image), hex(before.image), file);
        assert.equal(after.diagnostics.length, before.diagnostics.length, file);
      }
    });
  }
});
