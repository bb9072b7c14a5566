import assert from 'node:assert/strict';
import type { OutlineItem } from './index';
import { marked, workspace } from './language.testing';

async function outline(source: string): Promise<string[]> {
  const service = workspace({ 'main.asm': source });
  service.set('main.asm', source);
  const rows: string[] = [];
  const walk = (items: readonly OutlineItem[], depth: number): void => {
    for (const { name, kind, detail, range, children } of items) {
      const lines = `${range.start.line + 1}-${range.end.line + 1}`;
      rows.push(`${'  '.repeat(depth)}${kind} ${name} ${detail} ${lines}`);
      walk(children, depth + 1);
    }
  };
  walk(await service.outline('main.asm'), 0);
  return rows;
}

describe('outline', () => {
  it('nests local labels, fields and what sections hold', async () => {
    const source = `COM1 equ 0x3f8
%define FAST
%macro put 1-2+
  mov al, %1
%endmacro
struc task
.pid: resd 1
.name: resb 8
endstruc
section .text
start: nop
.loop: jmp .loop

; about next
next: ret
section .data
text: db 'x'`;
    assert.deepEqual(await outline(source), [
      'constant COM1 0x3f8 1-1',
      'define FAST  2-2',
      'macro put 1-2+ 3-5',
      'structure task 12 bytes 6-9',
      '  field .pid +0 7-7',
      '  field .name +4 8-8',
      'section .text  10-15',
      '  code start 0x0 11-12',
      '    local .loop 0x1 12-12',
      '  code next 0x3 15-15',
      'section .data  16-17',
      '  data text 0x4 17-17',
    ]);
  });

  it('is there for a file with errors', async () => {
    const rows = await outline('start: mvo ax\n.x: nop\nother: jmp nowhere');
    assert.deepEqual(
      rows.map((row) => row.trim().split(' ').slice(0, 2).join(' ')),
      ['code start', 'local .x', 'code other'],
    );
  });

  it('finds definitions by letters of their names in all programs of the workspace', async () => {
    const service = workspace({
      'a.asm': 'print_text: nop\nother: nop\n.pt: nop',
      'b.asm': '%include "c.inc"\ndead: jmp adopt',
      'c.inc': 'adopt: nop',
      'gone.asm': '%include "nowhere.inc"',
    });
    service.set('b.asm', '%include "c.inc"\nlive_one: jmp adopt');
    const found = await service.workspaceSymbols('pt');
    assert.deepEqual(
      found.map(({ name, container, place }) => [name, container, place.file]),
      [
        ['adopt', '', 'c.inc'],
        ['print_text', '', 'a.asm'],
        ['other.pt', 'other', 'a.asm'],
      ],
    );
  });

  it('finds no definitions in a file that has just gone', async () => {
    const files: Record<string, string> = { 'a.asm': 'apt: nop', 'b.asm': 'opt: nop' };
    const service = workspace(files);
    assert.equal((await service.workspaceSymbols('pt')).length, 2);
    delete files['b.asm'];
    service.changedOnDisk('b.asm');
    assert.equal((await service.workspaceSymbols('pt')).length, 1);
  });
});

describe('folding', () => {
  it('folds macros, conditions, repetitions, structures, sections, procedures and comments', async () => {
    const source = `; one
; two
; three
%macro m 0
  nop
%endmacro
%if 1
  nop
%else
  nop
%endif
section .text
a:
  nop
.x: nop

b: nop
  struc s
.f: resb 1
  endstruc`;
    const service = workspace({ 'main.asm': source });
    service.set('main.asm', source);
    const folds = await service.folds('main.asm');
    assert.deepEqual(
      folds.map(({ start, end, kind }) => `${start + 1}-${end + 1}${kind ? ` ${kind}` : ''}`),
      ['1-3 comment', '4-5', '7-8', '9-10', '12-20', '13-15', '17-20', '18-19'],
    );
  });
});

describe('semantic tokens', () => {
  it('tell what names are, and show skipped lines like comments', async () => {
    const source = `N equ 1
start: mov ax, N
  jmp start
%define X 2
  mov al, X
%ifdef NEVER
  jmp start
%endif
%macro m 1
  mov al, %1
%endmacro
data: db N`;
    const service = workspace({ 'main.asm': source });
    service.set('main.asm', source);
    const lines = source.split('\n');
    const tokens = await service.semanticTokens('main.asm');
    assert.deepEqual(
      tokens.map(
        ({ line, character, length, type, modifiers }) =>
          `${line + 1} ${(lines[line] ?? '').slice(character, character + length)} ${type}${modifiers.includes('declaration') ? '*' : ''}`,
      ),
      [
        '1 N enumMember*',
        '2 start function*',
        '2 N enumMember',
        '3 start function',
        '4 X macro*',
        '5 X macro',
        '7 jmp start comment',
        '9 m macro*',
        '10 %1 parameter',
        '12 data variable*',
        '12 N enumMember',
      ],
    );
  });
});

describe('signatures', () => {
  async function help(source: string, asked = true): Promise<string | undefined> {
    const { service, file, position } = marked(source);
    await service.problems(file);
    const found = await service.signature(file, position, asked);
    const { signatures, active, parameter } = found ?? { signatures: [], active: 0, parameter: 0 };
    const signature = signatures[active];
    const [start, end] = signature?.parameters[parameter] ?? [0, 0];
    return signature && `${signature.label} (${signature.label.slice(start, end)})`;
  }

  it('show the parameters of macros', async () => {
    const macro = '%macro put 1-2 5\nmov al, %1\nmov bl, %2\n%endmacro\n';
    assert.equal(await help(`${macro}  put |`, false), 'put %1, [%2 = 5] (%1)');
    assert.equal(await help(`${macro}  put 1, |`, false), 'put %1, [%2 = 5] ([%2 = 5])');
    assert.equal(await help(`${macro}x: put (1, 2), |`), 'put %1, [%2 = 5] ([%2 = 5])');
    assert.equal(await help('%macro all 1+\ndb %1\n%endmacro\nall 1, 2, |'), 'all %1… (%1…)');
    assert.equal(await help('%define ADD(a, b) a + b\nmov ax, ADD(1, |'), 'ADD(a, b) (b)');
  });

  it('show the forms of instructions when asked', async () => {
    assert.equal(await help('mov |', false), undefined);
    assert.equal(await help('bits 32\n  mov cr3, |'), 'mov cr, r32 (r32)');
    assert.equal(await help('bits 64\n  shl eax, |'), 'shl r/m32, imm8 (imm8)');
    assert.equal(await help('cli |'), undefined);
  });
});
