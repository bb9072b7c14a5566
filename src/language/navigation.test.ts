import assert from 'node:assert/strict';
import { marked, shown, workspace } from './language.testing';

async function definitions(source: string, others: Record<string, string> = {}): Promise<string[]> {
  const { service, file, position, files } = marked(source, others);
  return shown(await service.definitions(file, position), files);
}

async function references(source: string, others: Record<string, string> = {}): Promise<string[]> {
  const { service, file, position, files } = marked(source, others);
  return shown(await service.references(file, position, true), files);
}

describe('go to definition', () => {
  it('finds labels, also before they are defined, and local ones by their parent', async () => {
    assert.deepEqual(await definitions('jmp la|ter\nnop\nlater: nop'), ['main.asm:3:1 later']);
    const two = 'a: nop\n.x: nop\nb: nop\n.x: jmp .|x';
    assert.deepEqual(await definitions(two), ['main.asm:4:1 .x']);
    assert.deepEqual(await definitions('a: nop\n.x: nop\nb: jmp a.|x'), ['main.asm:2:1 .x']);
  });

  it('finds constants, macros, structures and their fields', async () => {
    assert.deepEqual(await definitions('N equ 5\nmov ax, |N'), ['main.asm:1:1 N']);
    assert.deepEqual(await definitions('%define P 5\nmov ax, P|'), ['main.asm:1:9 P']);
    assert.deepEqual(await definitions('%define P 5\nmov ax, |P'), ['main.asm:1:9 P']);
    assert.deepEqual(await definitions('%macro twice 1\n%1\n%1\n%endmacro\ntw|ice nop'), [
      'main.asm:1:8 twice',
    ]);
    const struc =
      'struc task\n.pid: resd 1\n.size:\nendstruc\nmov ax, task.|pid\nmov bx, task_size';
    assert.deepEqual(await definitions(struc), ['main.asm:2:1 .pid']);
    assert.deepEqual(await definitions(struc.replace('|', '').replace('task_', 't|ask_')), [
      'main.asm:1:7 task',
    ]);
  });

  it('takes the definition of a macro that is in force', async () => {
    const source = '%define V 1\nmov al, V\n%define V 2\nmov al, |V';
    assert.deepEqual(await definitions(source), ['main.asm:3:9 V']);
    assert.deepEqual(await definitions('%define V 1\nmov al, |V\n%define V 2'), ['main.asm:1:9 V']);
  });

  it('takes the macro with as many parameters as the call has arguments', async () => {
    const two = '%macro put 1\ndb %1\n%endmacro\n%macro put 2\ndw %1, %2\n%endmacro\n';
    assert.deepEqual(await definitions(`${two}p|ut 1\nput 1, 2`), ['main.asm:1:8 put']);
    assert.deepEqual(await definitions(`${two}put 1\np|ut 1, 2`), ['main.asm:4:8 put']);
    const inline = '%define twice(x) x*2\n%define twice(x,y) x*2+y\n';
    assert.deepEqual(await definitions(`${inline}db twi|ce(1)`), ['main.asm:1:9 twice']);
  });

  it('goes through macros to what they use, and to labels they make', async () => {
    const inBody = '%macro go 0\njmp the|re\n%endmacro\nthere: go';
    assert.deepEqual(await definitions(inBody), ['main.asm:4:1 there']);
    const own = '%macro wait_ 0\n%%again: jmp %%ag|ain\n%endmacro\nwait_\nwait_';
    assert.deepEqual(await definitions(own), ['main.asm:2:1 %%again']);
    const inDefine = '%define TARGET th|ere + 1\nmov ax, TARGET\nthere:';
    assert.deepEqual(await definitions(inDefine), ['main.asm:3:1 there']);
    const parameter = '%macro label_ 1\n%1: nop\n%endmacro\nlabel_ made\njmp ma|de';
    assert.deepEqual(await definitions(parameter), ['main.asm:4:8 made']);
  });

  it('opens included files and finds what they define', async () => {
    const io = { 'lib/io.inc': 'COM1 equ 0x3f8\nput: ret\n' };
    assert.deepEqual(await definitions('%include "lib/i|o.inc"', io), ['lib/io.inc:1:1']);
    assert.deepEqual(await definitions('%include "lib/io.inc"\ncall p|ut', io), [
      'lib/io.inc:2:1 put',
    ]);
  });

  it('works in a file that is included by another, through that one', async () => {
    const main = { 'kernel.asm': '%include "part.inc"\nstart: nop\n' };
    const { service, position, files } = marked('jmp st|art\n', main, 'part.inc');
    assert.deepEqual(shown(await service.definitions('part.inc', position), files), [
      'kernel.asm:2:1 start',
    ]);
    const problems = await service.problems('part.inc');
    assert.deepEqual(problems.get('part.inc'), []);
  });

  it('works in a file with errors', async () => {
    assert.deepEqual(await definitions('start: nop\nmvo ax, 1\n  jmp st|art'), [
      'main.asm:1:1 start',
    ]);
    assert.deepEqual(await definitions('start: nop\n  mov [eax, st|art'), ['main.asm:1:1 start']);
    assert.deepEqual(await definitions('start: nop\n%if 0\n  jmp st|art\n%endif'), [
      'main.asm:1:1 start',
    ]);
  });

  it('finds nothing for mnemonics, registers and undefined names', async () => {
    assert.deepEqual(await definitions('m|ov ax, bx'), []);
    assert.deepEqual(await definitions('mov a|x, bx'), []);
    assert.deepEqual(await definitions('jmp nowh|ere'), []);
  });
});

describe('find references', () => {
  it('finds every use, in macros and across files', async () => {
    const source =
      'st|art: nop\njmp start\n%macro go 0\njmp start\n%endmacro\ngo\ngo\n%include "x.inc"';
    assert.deepEqual(await references(source, { 'x.inc': 'call start\n' }), [
      'main.asm:1:1 start',
      'main.asm:2:5 start',
      'main.asm:4:5 start',
      'x.inc:1:6 start',
    ]);
  });

  it('finds uses in lines that are not assembled', async () => {
    const source =
      'st|art: nop\n%ifdef DEBUG\ncall start\n%endif\n%macro unused 0\njmp start\n%endmacro';
    assert.deepEqual(await references(source), [
      'main.asm:1:1 start',
      'main.asm:3:6 start',
      'main.asm:6:5 start',
    ]);
  });

  it('finds the uses of macros, also in %ifdef', async () => {
    assert.deepEqual(await references('%define D|EBUG\n%ifdef DEBUG\nnop\n%endif\n%undef DEBUG'), [
      'main.asm:1:9 DEBUG',
      'main.asm:2:8 DEBUG',
      'main.asm:5:8 DEBUG',
    ]);
  });

  it('finds them in all programs that share a file', async () => {
    const files = {
      'shared.inc': 'PORT equ 1\n',
      'a.asm': '%include "shared.inc"\nmov al, PORT\n',
      'b.asm': '%include "shared.inc"\nmov bl, PORT\n',
    };
    const service = workspace(files);
    service.set('shared.inc', files['shared.inc']);
    const places = await service.references('shared.inc', { line: 0, character: 0 }, true);
    assert.deepEqual(shown(places, files), [
      'a.asm:2:9 PORT',
      'b.asm:2:9 PORT',
      'shared.inc:1:1 PORT',
    ]);
  });

  it('shows those of the file as highlights', async () => {
    const { service, file, position } = marked('a|: jmp a');
    const found = await service.highlights(file, position);
    assert.deepEqual(
      found.map(({ place, definition }) => [place.range.start.character, definition]),
      [
        [0, true],
        [7, false],
      ],
    );
  });
});
