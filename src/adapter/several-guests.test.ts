import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { MonitorName, Paging } from '../session';
import { InlineClient } from './inline-client.testing';
import { CustomRequest, type ViewResponse, type WorldResponse } from './protocol';

/** Counts in EBX; prints a letter now and then. */
const program = (letter: string, times: number, ending = 'hlt'): string => `
bits 16
org 0x7c00
start:  cli
        mov dx, 0x3f8
        mov cx, ${String(times)}
        mov word [0x600], ${String(0x100 * times)}
again:  inc ebx
        mov si, 3000
work:   dec si
        jnz work
        mov al, '${letter}'
        out dx, al
        loop again
        mov al, 10
        out dx, al
        ${ending}
`;

const FIRST = program('a', 20);
const SECOND = program('b', 5, 'mov al, 3\n        out 0xf4, al');
const lineOf = (source: string, text: string): number =>
  source.split('\n').findIndex((line) => line.includes(text)) + 1;

const WAYS: readonly { readonly monitor: MonitorName; readonly paging?: Paging }[] = [
  { monitor: 'vtx' },
  { monitor: 'vtx', paging: 'shadow' },
  { monitor: 'svm' },
  { monitor: 'emulate' },
  { monitor: 'deprivilege' },
];

type Threads = DebugProtocol.ThreadsResponse['body'];
type Stack = DebugProtocol.StackTraceResponse['body'];

for (const way of WAYS) {
  describe(`several guests in a debugger: ${way.monitor} ${way.paging ?? ''}`, () => {
    let client: InlineClient;

    beforeEach(async () => {
      client = new InlineClient({ 'first.asm': FIRST, 'second.asm': SECOND });
      const guests = [{ program: 'second.asm', name: 'other', memory: '1M' }];
      await client.start('first.asm', { ...way, guests });
    });

    const frames = async (threadId: number): Promise<DebugProtocol.StackFrame[]> =>
      (await client.ask<Stack>('stackTrace', { threadId })).stackFrames;

    /** The frame of the guest's own program. */
    const codeFrame = async (threadId: number): Promise<DebugProtocol.StackFrame> => {
      const found = (await frames(threadId)).find(({ moduleId }) => moduleId === 'program');
      assert.ok(found);
      return found;
    };

    const breakAt = (path: string, line: number) =>
      client.ask('setBreakpoints', { source: { path }, breakpoints: [{ line }] });

    const printed = (): string =>
      client.events
        .filter(({ event }) => event === 'output')
        .map(({ body }) => (body as DebugProtocol.OutputEvent['body']).output)
        .join('');

    const untilTerminated = async (): Promise<void> => {
      while (!client.events.some(({ event }) => event === 'terminated')) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };

    it('are threads', async () => {
      const { threads } = await client.ask<Threads>('threads');
      assert.deepEqual(threads, [
        { id: 1, name: 'first: vCPU 0' },
        { id: 2, name: 'other: vCPU 0' },
      ]);
    });

    it('stop at breakpoints in their own program, in the thread that they are', async () => {
      await breakAt('second.asm', lineOf(SECOND, 'again:'));
      for (const ebx of ['0x0', '0x1', '0x2']) {
        const stop = await client.run('continue');
        assert.equal(stop.threadId, 2);
        const { id, line, source } = await codeFrame(2);
        assert.equal(line, lineOf(SECOND, 'again:'));
        assert.equal(source?.path, 'second.asm');
        assert.equal(await client.evaluate('ebx', id), ebx);
        const world = await client.ask<WorldResponse>(CustomRequest.WORLD, { frameId: id });
        assert.match(world.text, /^other · /);
      }
    });

    it('show where each of them is, whoever has the processor', async () => {
      await breakAt('second.asm', lineOf(SECOND, 'mov al, 3'));
      await client.run('continue');
      const [first, second] = [await codeFrame(1), await codeFrame(2)];
      assert.equal(first.source?.path, 'first.asm');
      assert.notEqual(await client.evaluate('ebx', first.id), '0x0');
      assert.equal(await client.evaluate('ebx', second.id), '0x5');
      // Memory of each at the same address.
      assert.equal(await client.evaluate('word [0x600]', first.id), '0x1400');
      assert.equal(await client.evaluate('word [0x600]', second.id), '0x500');
      // The monitor has put the first one away: that is where it stands.
      const isMonitor = (await frames(1)).some(({ name }) => name === 'giveTo');
      assert.equal(isMonitor, way.monitor !== 'emulate');
      const args = { view: 'registers', frameId: first.id };
      const { nodes } = await client.ask<ViewResponse>(CustomRequest.VIEW, args);
      assert.ok(nodes.length > 0);
      // Its memory by reference, as the Memory view asks for it.
      const { instructionPointerReference: memoryReference } = first;
      const read = { memoryReference, count: 2 };
      const body = await client.ask<{ data: string }>('readMemory', read);
      assert.notEqual(body.data, '');
      const around = { memoryReference, instructionCount: 3 };
      const { instructions } = await client.ask<{
        instructions: DebugProtocol.DisassembledInstruction[];
      }>('disassemble', around);
      assert.equal(instructions[0]?.location?.path ?? 'first.asm', 'first.asm');
    });

    it('step one at a time, while the others are held', async () => {
      await breakAt('second.asm', lineOf(SECOND, 'again:'));
      await client.run('continue');
      await breakAt('second.asm', 0);
      const before = await client.evaluate('ebx', (await codeFrame(1)).id);
      for (let n = 0; n < 40; n++) {
        const stop = await client.run('next', { threadId: 2, granularity: 'instruction' });
        assert.equal(stop.threadId, 2);
      }
      assert.equal(await client.evaluate('ebx', (await codeFrame(1)).id), before);
    });

    it('go on alone, while the others are held', async () => {
      await breakAt('second.asm', lineOf(SECOND, 'mov al, 3'));
      await client.run('next', { threadId: 2 }); // has the processor by now
      const before = await client.evaluate('ebx', (await codeFrame(1)).id);
      const stop = await client.run('continue', { threadId: 2, singleThread: true });
      assert.equal(stop.threadId, 2);
      assert.equal(await client.evaluate('ebx', (await codeFrame(2)).id), '0x5');
      assert.equal(await client.evaluate('ebx', (await codeFrame(1)).id), before);
    });

    it('have the processor when they are to step', async () => {
      const { line: from } = await codeFrame(1);
      assert.equal(from, lineOf(FIRST, 'start:'));
      const stop = await client.run('next', { threadId: 2, granularity: 'instruction' });
      assert.equal(stop.threadId, 2);
      const { line } = await codeFrame(2);
      assert.equal(line, lineOf(SECOND, 'mov dx'));
    });

    it('are those that there are', async () => {
      for (const [command, threadId] of [
        ['next', 3],
        ['stepIn', 0],
        ['stackTrace', 9],
      ] as const) {
        const { success, message } = await client.send(command, { threadId });
        assert.equal(success, false);
        assert.match(message ?? '', /no such thread/);
      }
    });

    it('end one by one', async () => {
      await client.ask('continue', { threadId: 1 });
      for (;;) {
        const { reason, threadId } =
          await client.event<DebugProtocol.ThreadEvent['body']>('thread');
        if (reason === 'started') continue;
        assert.equal(threadId, 2);
        break;
      }
      const { threads } = await client.ask<Threads>('threads');
      assert.deepEqual(
        threads.map(({ id }) => id),
        [1],
      );
      await client.event('exited');
    });

    const ids = async (): Promise<number[]> =>
      (await client.ask<Threads>('threads')).threads.map(({ id }) => id);

    for (const off of [1, 2]) {
      it(`can be switched off, and the other goes on: thread ${String(off)}`, async () => {
        await breakAt('second.asm', lineOf(SECOND, 'again:'));
        await client.run('continue');
        const left = 3 - off;
        const stop = await client.run('terminateThreads', { threadIds: [off] });
        assert.equal(stop.threadId, left);
        assert.deepEqual(await ids(), [left]);
        assert.ok(await codeFrame(left));
        await breakAt('second.asm', 0);
        await client.ask('continue', { threadId: left });
        await untilTerminated();
        assert.match(printed(), left === 1 ? /a\n/ : /b{5}/);
      });
    }

    it('are there again before they were switched off', async () => {
      await breakAt('second.asm', lineOf(SECOND, 'again:'));
      await client.run('continue');
      await client.run('terminateThreads', { threadIds: [2] });
      await client.run('stepBack', { threadId: 1 });
      assert.deepEqual(await ids(), [1, 2]);
    });

    it('end with the session where all are switched off', async () => {
      await client.ask('terminateThreads', { threadIds: [1, 2] });
      assert.deepEqual(await client.event('exited'), { exitCode: 0 });
    });

    it('print with their names', async () => {
      await client.ask('continue', { threadId: 1 });
      await untilTerminated();
      const all = printed();
      assert.match(all, /^\[first\] a+/m);
      assert.match(all, /^\[other\] b+/m);
      assert.match(all, /^other: /m);
    });
  });
}
