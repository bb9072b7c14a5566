import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InlineClient } from '../inline-client.testing';
import { PastRequest, type MomentsResponse } from './protocol';

const PROGRAM = `
org 0x7c00
bits 16
start:  cli
        xor eax, eax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7000
        mov word [0x41 * 4], handler
        mov word [0x41 * 4 + 2], 0
        mov word [8 * 4], tick
        mov word [8 * 4 + 2], 0
        mov esi, 3
again:  call outer
        int 0x41
        cpuid
        mov ax, 1
        dec esi
        jnz again
        mov al, 3
        out 0xf4, al
outer:  inc word [0x600]
        call inner
        ret
inner:  inc word [0x602]
        ret
handler:
        inc word [0x604]
        iret
tick:   iret
`;

const lineOf = (text: string): number =>
  PROGRAM.split('\n').findIndex((line) => line.includes(text)) + 1;

/** All ways whose past is recorded. */
const MONITORS = ['none', 'vtx', 'svm', 'emulate', 'deprivilege', 'paravirt'];

describe('requests into the past', () => {
  let client: InlineClient;

  const top = async (): Promise<DebugProtocol.StackFrame> => {
    const { stackFrames } = await client.ask<DebugProtocol.StackTraceResponse['body']>(
      'stackTrace',
      { threadId: 1 },
    );
    assert.ok(stackFrames[0]);
    return stackFrames[0];
  };
  const line = async (): Promise<number> => (await top()).line;
  const value = async (expression: string): Promise<string> =>
    client.evaluate(expression, (await top()).id);
  const moments = () => client.ask<MomentsResponse>(PastRequest.MOMENTS);
  const breakAt = (...texts: string[]) =>
    client.ask('setBreakpoints', {
      source: { path: 'kernel.asm' },
      breakpoints: texts.map((text) => ({ line: lineOf(text) })),
    });
  const start = async (monitor: string): Promise<void> => {
    client = new InlineClient({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm', { monitor });
  };

  /** Where the guest's code is executed in software, its operations come between. */
  const into = async (expected: number): Promise<void> => {
    await client.run(PastRequest.STEP_BACK_INTO);
    if ((await top()).source?.path !== 'kernel.asm') await client.run(PastRequest.STEP_BACK_OUT);
    assert.equal(await line(), expected);
  };

  for (const monitor of MONITORS) {
    it(`go back into what was called, and out to the call, under ${monitor}`, async () => {
      await start(monitor);
      await breakAt('int 0x41');
      await client.run('continue');
      await client.run('continue');
      await into(lineOf('call inner') + 1);
      await into(lineOf('inner:') + 1);
      await client.run(PastRequest.STEP_BACK_OUT);
      assert.equal(await line(), lineOf('call inner'));
      await client.run(PastRequest.STEP_BACK_OUT);
      assert.equal(await line(), lineOf('call outer'));
      assert.equal(Number(await value('esi')), 2);
      assert.equal(Number(await value('word [0x600]')), 1);
      await breakAt('inc word [0x604]');
      await client.run('continue');
      await client.run(PastRequest.STEP_BACK_OUT);
      assert.equal(await line(), lineOf('int 0x41'));
    });

    it(`go to an instruction, to bookmarks, and to the present, under ${monitor}`, async () => {
      await start(monitor);
      await breakAt('mov ax, 1');
      await client.run('continue');
      const bookmark = await client.ask<{ number: number }>(PastRequest.BOOKMARK, {
        name: 'first',
      });
      const { instructions } = await moments();
      await client.run('continue');
      const later = await moments();
      assert.deepEqual([later.isPast, later.present], [false, later.instructions]);
      assert.deepEqual(
        later.bookmarks.map(({ name, instructions: at }) => [name, at]),
        [['first', instructions]],
      );
      await client.run(PastRequest.GO_TO, { to: 'instruction', number: 2 });
      assert.equal((await moments()).instructions, 2);
      assert.equal(await line(), lineOf('mov ds'));
      await client.run(PastRequest.GO_TO, { to: 'bookmark', number: bookmark.number });
      assert.deepEqual([await line(), Number(await value('esi'))], [lineOf('mov ax, 1'), 3]);
      await client.run(PastRequest.GO_TO, { to: 'present' });
      assert.deepEqual([await line(), Number(await value('esi'))], [lineOf('mov ax, 1'), 2]);
      assert.equal((await moments()).isPast, false);
      await client.run(PastRequest.GO_TO, { to: 'start' });
      assert.equal(await line(), lineOf('start:'));
    });
  }

  for (const monitor of MONITORS) {
    it(`begin a stack frame anew, under ${monitor}`, async () => {
      await start(monitor);
      await client.ask('setBreakpoints', {
        source: { path: 'kernel.asm' },
        breakpoints: [{ line: lineOf('inner:') + 1 }, { line: lineOf('handler:') + 2 }],
      });
      await client.run('continue');
      const frames = async (): Promise<DebugProtocol.StackFrame[]> => {
        const args = { threadId: 1 };
        const body = await client.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', args);
        return body.stackFrames;
      };
      const [inner, outer, program] = await frames();
      assert.equal(program?.canRestart, false);
      await assert.rejects(client.ask('restartFrame', { frameId: program.id }), /not known where/);
      await client.run('restartFrame', { frameId: inner?.id });
      assert.deepEqual([await line(), await value('word [0x602]')], [lineOf('inner:'), '0x0']);
      await client.run('continue');
      await client.run('restartFrame', { frameId: (await frames())[1]?.id });
      assert.equal(outer?.name, 'outer+0x7');
      assert.deepEqual([await line(), await value('word [0x600]')], [lineOf('outer:'), '0x0']);
      for (let n = 0; n < 2; n++) await client.run('continue');
      assert.equal(await line(), lineOf('handler:') + 2);
      await client.run('restartFrame', { frameId: (await frames())[0]?.id });
      assert.deepEqual(
        [await line(), await value('word [0x604]')],
        [lineOf('handler:') + 1, '0x0'],
      );
    });

    it(`find the first moment at which something held, under ${monitor}`, async () => {
      await start(monitor);
      await breakAt('mov al, 3');
      await client.run('continue');
      const { instructions } = await moments();
      const first = (condition: string) =>
        client.run(PastRequest.GO_TO, { to: 'first', condition });
      await first('word [0x602] == 2 && guest.esi == 2');
      assert.equal(await value('guest.esi'), '0x2');
      assert.equal(await value('word [0x604]'), '0x1');
      assert.ok((await moments()).instructions < instructions);
      const { instructions: found } = await moments();
      const never = await first('word [0x602] == 77');
      assert.match(never.description ?? '', /held at no recorded moment/);
      assert.equal((await moments()).instructions, found);
      await first('guest.esi != 77');
      assert.equal((await moments()).instructions, 0);
      await assert.rejects(first('esi =='), /condition is wrong/);
    });
  }

  for (const monitor of ['vtx', 'svm']) {
    it(`begin a handler anew, under ${monitor}`, async () => {
      await start(monitor);
      await breakAt('cpuid');
      await client.run('continue');
      await client.run('stepIn');
      const entered = (await top()).line;
      for (let n = 0; n < 4; n++) await client.run('stepIn');
      assert.notEqual((await top()).line, entered);
      await client.run('restartFrame', { frameId: (await top()).id });
      assert.equal((await top()).line, entered);
      await client.run('restartFrame', { frameId: (await top()).id });
      assert.equal((await top()).line, entered);
      await client.run(PastRequest.GO_TO, { to: 'first', condition: 'exit.number == 1' });
      assert.equal((await top()).line, entered);
    });

    it(`go to an exit, whose handler can be stepped, under ${monitor}`, async () => {
      await start(monitor);
      await breakAt('mov al, 3');
      await client.run('continue');
      const exits = await client.ask<{ nodes: { exit?: number; label: string }[] }>(
        'ringside/view',
        { view: 'exits' },
      );
      const number = exits.nodes[1]?.exit;
      assert.ok(number !== undefined, JSON.stringify(exits.nodes));
      await client.run(PastRequest.GO_TO, { to: 'exit', number });
      const after = await client.ask<typeof exits>('ringside/view', { view: 'exits' });
      assert.equal(after.nodes[0]?.exit, number);
      await client.run('stepOut');
      assert.equal((await top()).source?.path, 'kernel.asm');
    });
  }

  it('begin a timeline where something is changed, say so once, and lead back', async () => {
    await start('vtx');
    await breakAt('dec esi');
    await client.run('continue');
    await client.run('continue');
    await client.run(PastRequest.GO_TO, { to: 'start' });
    await client.run('continue');
    const frame = await top();
    await client.ask('setExpression', { expression: 'esi', value: '9', frameId: frame.id });
    const told = (): number =>
      client.events.filter(
        ({ event, body }) =>
          event === 'output' && JSON.stringify(body).includes('another course of events'),
      ).length;
    assert.equal(told(), 1);
    await client.run('continue');
    assert.equal(Number(await value('esi')), 8);
    const { timelines } = await moments();
    assert.deepEqual(
      timelines.map(({ number, isPresent }) => [number, isPresent]),
      [
        [1, false],
        [2, true],
      ],
    );
    await client.run(PastRequest.TIMELINE, { number: 1 });
    assert.equal(Number(await value('esi')), 2);
    await client.ask(PastRequest.TIMELINE, { number: 2, drop: true });
    assert.equal((await moments()).timelines.length, 1);
    await assert.rejects(
      client.ask(PastRequest.TIMELINE, { number: 1, drop: true }),
      /on this timeline/,
    );
  });

  it('lead back to another timeline with the exits that it had', async () => {
    client = new InlineClient({
      'kernel.asm': `
org 0x7c00
bits 16
start:  mov eax, 5
first:  cpuid
        mov ecx, 2500000
again:  dec ecx
        jnz again
        cpuid
last:   hlt
`,
    });
    await client.start('kernel.asm', { monitor: 'vtx' });
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'last' }] });
    const exits = async (): Promise<string> => {
      const view = await client.ask<{ nodes: object[] }>('ringside/view', { view: 'exits' });
      return JSON.stringify(view.nodes);
    };
    await client.run('continue');
    const before = await exits();
    assert.match(before, /leaf 0x5/);
    await client.run(PastRequest.GO_TO, { to: 'instruction', number: 1 });
    await client.ask('evaluate', { expression: 'eax = 7', context: 'repl' });
    await client.run('continue');
    assert.match(await exits(), /leaf 0x7/);
    await client.run(PastRequest.TIMELINE, { number: 1 });
    assert.equal(await exits(), before);
  });

  it('say what is not there', async () => {
    await start('vtx');
    await client.run('stepIn');
    const fails = (args: object, why: RegExp) =>
      assert.rejects(client.ask(PastRequest.GO_TO, args), why);
    await fails({ to: 'instruction', number: 1000 }, /only 1 instructions? have been executed/);
    await fails({ to: 'exit', number: 7 }, /no VM exit 7/);
    await fails({ to: 'bookmark', number: 7 }, /no bookmark 7/);
    await fails({ to: 'exit' }, /number is missing/);
    await assert.rejects(client.ask(PastRequest.TIMELINE, { number: 9 }), /no timeline 9/);
    await assert.rejects(client.ask(PastRequest.BOOKMARK, { remove: 9 }), /no bookmark 9/);
    client = new InlineClient({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm', { historyMemory: 0 });
    await assert.rejects(client.ask('stepBack', { threadId: 1 }), /not recorded/);
    await assert.rejects(client.ask(PastRequest.MOMENTS), /not recorded/);
  });
});
