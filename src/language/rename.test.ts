import assert from 'node:assert/strict';
import { marked } from './language.testing';
import type { Edit } from './rename';

function applied(text: string, edits: readonly Edit[], file: string): string {
  const lines = text.split('\n');
  const own = edits
    .filter(({ place }) => place.file === file)
    .sort((a, b) => b.place.range.start.character - a.place.range.start.character);
  for (const { place, text: fresh } of own) {
    const { start, end } = place.range;
    const line = lines[start.line] ?? '';
    lines[start.line] = line.slice(0, start.character) + fresh + line.slice(end.character);
  }
  return lines.join('\n');
}

async function renamed(
  source: string,
  name: string,
  others: Record<string, string> = {},
): Promise<string> {
  const { service, file, position, files } = marked(source, others);
  await service.prepareRename(file, position);
  const edits = await service.rename(file, position, name);
  return [file, ...Object.keys(others)]
    .map((f) => applied(files[f] ?? '', edits, f))
    .join('\n---\n');
}

const refused = (source: string, name: string, why: RegExp): Promise<void> =>
  assert.rejects(renamed(source, name), why);

describe('rename', () => {
  it('changes a label everywhere, with the names that begin with it', async () => {
    assert.equal(
      await renamed('|main: nop\n.loop: jmp .loop\n  jmp main.loop\nother: call main', 'start'),
      'start: nop\n.loop: jmp .loop\n  jmp start.loop\nother: call start',
    );
  });

  it('changes local labels, named in short and in full', async () => {
    const source = 'main: nop\n.lo|op: jmp .loop\nother: jmp main.loop\n.loop: jmp .loop';
    const expected = 'main: nop\n.again: jmp .again\nother: jmp main.again\n.loop: jmp .loop';
    assert.equal(await renamed(source, '.again'), expected);
    assert.equal(await renamed(source, 'again'), expected);
  });

  it('changes labels within macros, and macros', async () => {
    assert.equal(
      await renamed('%macro m 0\n%%x|: jmp %%x\n%endmacro\nm\nm', '%%y'),
      '%macro m 0\n%%y: jmp %%y\n%endmacro\nm\nm',
    );
    assert.equal(
      await renamed('%macro pr|int 1\nmov al, %1\n%endmacro\nprint 1\nx: print 2', 'put'),
      '%macro put 1\nmov al, %1\n%endmacro\nput 1\nx: put 2',
    );
    assert.equal(
      await renamed('%idefine Port 1\nmov al, PO|RT\nmov bl, port', 'COM'),
      '%idefine COM 1\nmov al, COM\nmov bl, COM',
    );
  });

  it('changes structures with their fields and their size', async () => {
    assert.equal(
      await renamed(
        'struc t|ask\n.pid: resd 1\nendstruc\nmov ax, task.pid\nmov bx, task_size\nistruc task\nat task.pid, dd 1\niend',
        'proc_',
      ),
      'struc proc_\n.pid: resd 1\nendstruc\nmov ax, proc_.pid\nmov bx, proc__size\nistruc proc_\nat proc_.pid, dd 1\niend',
    );
  });

  it('goes across files and through single-line macros', async () => {
    assert.equal(
      await renamed('%include "x.inc"\n%define AT st|art + 2\nmov ax, AT\nstart:', 'begin', {
        'x.inc': 'jmp start',
      }),
      '%include "x.inc"\n%define AT begin + 2\nmov ax, AT\nbegin:\n---\njmp begin',
    );
  });

  it('refuses what has no name of its own', async () => {
    await refused('mov e|ax, 1', 'x', /`eax` is a register/);
    await refused('m|ov eax, 1', 'x', /`mov` is a word of the language/);
    await refused('mov eax, |1', 'x', /no name here/);
    await refused('jmp no|where', 'x', /not defined/);
    await refused('%macro m 1\nL%1: nop\n%endmacro\nm 5\njmp L|5', 'x', /put together by a macro/);
    await refused('%include "a|.inc"', 'x', /no name here|Only labels/);
  });

  it('refuses names that cannot be or are taken', async () => {
    await refused('|a: nop', 'eax', /register/);
    await refused('|a: nop', 'mov', /word of the language/);
    await refused('|a: nop', '1a', /not a name/);
    await refused('|a: nop', 'a b', /not a name/);
    await refused('|a: nop\nb: nop', 'b', /already defined, in line 2/);
    await refused('a: nop\n.|x: nop\n.y: nop', '.y', /already defined, in line 3/);
    await refused('%define b 1\n|a: nop', 'b', /already defined/);
  });
});
