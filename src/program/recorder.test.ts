import assert from 'node:assert/strict';
import { assemble, Recorder } from './index';
import { memoryFiles } from './test-support';

const EXAMPLE = {
  'main.asm': `%include "io.inc"
%define BASE start + 1
        org 0x7c00
start:  print 'x'
.loop:  jmp .loop
        mov ax, BASE
        jmp start.loop
%ifdef NEVER
        jmp start
%endif
        struc task
.pid:   resd 1
        endstruc
        mov bx, task.pid
SIZE    equ task_size
        incbin "io.inc"
`,
  'io.inc': `%macro print 1
%%again: mov al, %1
        jmp %%again
%endmacro
`,
};

/** Records as `kind name line:column`, definitions with a star. */
async function records(files: Record<string, string>): Promise<string[]> {
  const recorder = new Recorder();
  await assemble('main.asm', memoryFiles(files), { recorder });
  return recorder.records.map(
    ({ kind, name, span, defined }) =>
      `${defined ? '*' : ''}${kind} ${name} ${span.file === 'main.asm' ? '' : `${span.file} `}${span.line}:${span.column}`,
  );
}

describe('the recorder', () => {
  it('takes down definitions and uses with their places in the source', async () => {
    assert.deepEqual(await records(EXAMPLE), [
      'file io.inc 1:10',
      '*macro print io.inc 1:8',
      '*define BASE 2:9',
      'macro print 4:9',
      '*symbol start 4:1',
      '*symbol ..@1.again io.inc 2:1',
      'symbol ..@1.again io.inc 3:13',
      '*symbol start.loop 5:1',
      'symbol start.loop 5:13',
      'define BASE 6:17',
      'symbol start 2:14',
      'symbol start.loop 7:13',
      'define NEVER 8:8',
      '*symbol task 11:15',
      '*symbol task 11:15',
      '*symbol task.pid 12:1',
      '*symbol task_size 11:15',
      'symbol task.pid 14:17',
      'symbol task_size 15:13',
      '*symbol SIZE 15:1',
      'binary io.inc 16:16',
    ]);
  });

  it('knows the lines that were assembled', async () => {
    const recorder = new Recorder();
    await assemble('main.asm', memoryFiles(EXAMPLE), { recorder });
    assert.equal(recorder.lines.get('main.asm')?.has(9), false);
    assert.equal(recorder.lines.get('main.asm')?.has(7), true);
    assert.equal(recorder.lines.get('io.inc')?.has(3), true);
  });

  it('has each name once, however many passes and calls there are', async () => {
    const source = `%macro twice 0
        jmp there
%endmacro
        twice
        twice
        times 200 nop
there:`;
    const all = await records({ 'main.asm': source });
    assert.equal(all.filter((r) => r === 'symbol there 2:13').length, 1);
    assert.equal(all.filter((r) => r.startsWith('*symbol there')).length, 1);
  });

  it('lets the caller take breath, and give up', async () => {
    const files = memoryFiles({ 'main.asm': 'nop\n'.repeat(1000) });
    let pauses = 0;
    const done = await assemble('main.asm', files, {
      pause: () => {
        pauses++;
        return undefined;
      },
    });
    assert.equal(done.image.length, 1000);
    assert.ok(pauses >= 8, String(pauses));
    await assert.rejects(
      assemble('main.asm', files, {
        pause: () => Promise.reject(new Error('enough')),
      }),
      /enough/,
    );
  });
});
