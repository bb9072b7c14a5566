import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InlineClient } from '../inline-client.testing';
import { PastRequest } from '../past/protocol';

const PROGRAM = `
org 0x7c00
bits 16
start:  xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7000
        mov cx, 3
again:  call count
        cpuid
        mov cx, [0x608]
        dec cx
        mov [0x608], cx
        jnz again
        mov al, 3
        out 0xf4, al
count:  inc dword [0x600]
        mov word [0x604], 7
        mov word [0x608], cx
        ret
`;

const lineOf = (text: string): number =>
  PROGRAM.split('\n').findIndex((line) => line.includes(text)) + 1;

type Info = DebugProtocol.DataBreakpointInfoResponse['body'];
type Set = DebugProtocol.SetDataBreakpointsResponse['body'];

describe('data breakpoints of a client', () => {
  let client: InlineClient;

  const start = async (monitor: string): Promise<void> => {
    client = new InlineClient({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm', { monitor });
  };
  const info = async (args: object): Promise<Info> => client.ask('dataBreakpointInfo', args);
  const line = async (): Promise<number> => (await client.topFrame()).line;
  const watch = (...breakpoints: object[]): Promise<Set> =>
    client.ask('setDataBreakpoints', { breakpoints });

  for (const monitor of ['none', 'vtx', 'svm', 'emulate', 'deprivilege', 'translate', 'paravirt']) {
    it(`stop behind what writes there, under ${monitor}`, async () => {
      await start(monitor);
      const { dataId, accessTypes } = await info({ name: 'word [0x602]' });
      assert.deepEqual([dataId, accessTypes], ['gva:0x602/2', ['write']]);
      const { breakpoints } = await watch({ dataId });
      assert.deepEqual(
        breakpoints.map(({ verified }) => verified),
        [true],
      );
      const stop = await client.run('continue');
      assert.deepEqual([stop.reason, stop.hitBreakpointIds?.length], ['data breakpoint', 1]);
      assert.equal(await line(), lineOf('count:') + 1);
      await watch({ dataId: 'gpa:0x600/4', hitCondition: '2' });
      await client.run('continue');
      assert.equal(await client.evaluate('dword [0x600]'), '0x3');
      assert.equal(await line(), lineOf('count:') + 1);
    });
  }

  for (const monitor of ['none', 'vtx', 'svm', 'emulate', 'deprivilege', 'paravirt']) {
    it(`lead back to who wrote it last, under ${monitor}`, async () => {
      await start(monitor);
      await client.ask('setBreakpoints', {
        source: { path: 'kernel.asm' },
        breakpoints: [{ line: lineOf('dec cx') }],
      });
      await client.run('continue');
      await client.run('continue');
      const { dataId } = await info({ name: '0x604', asAddress: true, bytes: 2 });
      const found = await client.run(PastRequest.LAST_STORE, { dataId });
      assert.equal(found.description, 'Paused at the last write');
      assert.equal(await line(), lineOf('count:') + 1);
      assert.equal(await client.evaluate('dword [0x600]'), '0x2');
      await client.run(PastRequest.LAST_STORE, { dataId });
      assert.equal(await client.evaluate('dword [0x600]'), '0x1');
      const none = await client.run(PastRequest.LAST_STORE, { dataId });
      assert.match(none.description ?? '', /no recorded instruction has written there/);
      assert.equal(await client.evaluate('dword [0x600]'), '0x1');
    });
  }

  it('say what cannot be watched', async () => {
    await start('vtx');
    const why = async (args: object): Promise<string> => {
      const { dataId, description } = await info(args);
      assert.equal(dataId, null);
      return description;
    };
    assert.match(await why({ name: 'eax' }), /does not lie in memory/);
    assert.match(await why({ name: 'word [' }), /./);
    assert.match(await why({ name: '0x600', asAddress: true, bytes: 0 }), /1 to 1,048,576 bytes/);
    const { breakpoints } = await watch(
      { dataId: 'nonsense' },
      { dataId: 'gva:0x600/4', accessType: 'read' },
      { dataId: 'gva:0x600/4', condition: 'eax ==' },
    );
    assert.deepEqual(
      breakpoints.map(({ verified }) => verified),
      [false, false, false],
    );
    assert.match(breakpoints[1]?.message ?? '', /writes only/);
  });
});
