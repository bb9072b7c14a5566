import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InlineClient } from './inline-client.testing';
import { CustomRequest, type WorldResponse } from './protocol';

/** Starts the other processors in real mode at 8000H; each counts in its own BX. */
const PROGRAM = `
org 0x7c00
bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov si, other
        mov di, 0x8000
        mov cx, other_end - other
        rep movsb
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        mov bx, 8
        mov fs, bx
        and al, 0xfe
        mov cr0, eax
        mov dword [fs:dword 0xfee000f0], 0x1ff
        mov dword [fs:dword 0xfee00300], 0xc4500
        mov dword [fs:dword 0xfee00300], 0xc4608
        xor bx, bx
count:  inc bx
        mov [0x600], bx
        cmp bx, 20000
        jne count
        mov al, 3
        out 0xf4, al
        align 8
gdt:    dq 0, 0x008f93000000ffff
gdtr:   dw 15
        dd gdt
other:  xor bx, bx
        xor ax, ax
        mov ds, ax
        jmp 0:begin
other_end:
begin:  xor cx, cx
more:   inc bx
        lock inc word [0x602]
        jmp more
`;
const lineOf = (text: string): number =>
  PROGRAM.split('\n').findIndex((line) => line.startsWith(text)) + 1;

type Threads = DebugProtocol.ThreadsResponse['body'];
type Stack = DebugProtocol.StackTraceResponse['body'];

for (const monitor of ['none', 'vtx', 'svm'] as const) {
  describe(`several processors in a debugger (${monitor})`, () => {
    const kind = monitor === 'none' ? 'CPU' : 'vCPU';

    let client: InlineClient;

    beforeEach(async () => {
      client = new InlineClient({ 'kernel.asm': PROGRAM });
      await client.start('kernel.asm', { monitor, cpus: 3 });
    });

    const breakAt = (text: string) =>
      client.ask('setBreakpoints', {
        source: { path: 'kernel.asm' },
        breakpoints: [{ line: lineOf(text) }],
      });
    /** The innermost frame of the program: that of a virtual processor whose turn it is not lies under the monitor's. */
    const topOf = async (threadId: number): Promise<DebugProtocol.StackFrame> => {
      const { stackFrames } = await client.ask<Stack>('stackTrace', { threadId });
      const top = stackFrames.find(({ moduleId }) => moduleId === 'program');
      assert.ok(top);
      return top;
    };
    const value = async (threadId: number, expression: string): Promise<string> =>
      client.evaluate(expression, (await topOf(threadId)).id);

    it('are threads', async () => {
      const { threads } = await client.ask<Threads>('threads');
      assert.deepEqual(threads, [
        { id: 1, name: `${kind} 0` },
        { id: 2, name: `${kind} 1` },
        { id: 3, name: `${kind} 2` },
      ]);
    });

    it('stop at breakpoints in the thread that comes there', async () => {
      await breakAt('begin:');
      const stops = new Set<number | undefined>();
      for (let n = 0; n < 2; n++) {
        const { threadId = 0 } = await client.run('continue');
        stops.add(threadId);
        assert.equal((await topOf(threadId)).line, lineOf('begin:'));
      }
      assert.deepEqual([...stops].sort(), [2, 3]);
    });

    it('show registers of their own, whoever has its turn, and the memory of all', async () => {
      await breakAt('        mov al, 3');
      const { threadId } = await client.run('continue');
      assert.equal(threadId, 1);
      assert.equal(await value(1, 'bx'), '0x4e20');
      const [one, two] = [await value(2, 'bx'), await value(3, 'bx')];
      assert.notEqual(one, '0x4e20');
      const together = await value(2, 'word [0x602]');
      // What one of them has counted but not yet added may be missing.
      const missing = (Number(one) + Number(two) - Number(together)) & 0xffff;
      assert.ok(missing <= 2, `${one} ${two} ${together}`);
      assert.equal(await value(3, 'word [0x600]'), '0x4e20');
      const frameId = (await topOf(2)).id;
      const world = await client.ask<WorldResponse>(CustomRequest.WORLD, { frameId });
      assert.ok(world.text.startsWith(`${kind} 1 · `), world.text);
    });

    it('step one by one, while the others are held', async () => {
      await breakAt('more:');
      const { threadId = 0 } = await client.run('continue');
      await client.ask('setBreakpoints', { source: { path: 'kernel.asm' }, breakpoints: [] });
      const others = [1, 2, 3].filter((id) => id !== threadId);
      const before = await Promise.all(others.map((id) => value(id, 'rip')));
      const bx = Number(await value(threadId, 'bx'));
      for (let n = 0; n < 300; n++) {
        const stop = await client.run('next', { threadId, granularity: 'instruction' });
        assert.equal(stop.threadId, threadId);
      }
      assert.equal(Number(await value(threadId, 'bx')), bx + 100);
      assert.deepEqual(await Promise.all(others.map((id) => value(id, 'rip'))), before);
    });

    it('step another than the one that has stopped', async () => {
      await breakAt('more:');
      const { threadId } = await client.run('continue');
      const other = threadId === 2 ? 3 : 2;
      await client.ask('setBreakpoints', { source: { path: 'kernel.asm' }, breakpoints: [] });
      const stop = await client.run('next', { threadId: other, granularity: 'instruction' });
      assert.equal(stop.threadId, other);
    });
  });
}
