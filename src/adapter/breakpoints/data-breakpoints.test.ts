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
        out 0x80, al
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
      assert.deepEqual([dataId, accessTypes], ['gva:0x602/2', ['read', 'write', 'readWrite']]);
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

  it('stop at what reads, at I/O ports, and at changes of what lies in no memory', async () => {
    await start('vtx');
    const read = await info({ name: 'word [0x608]' });
    await watch({ dataId: read.dataId, accessType: 'read' });
    const stop = await client.run('continue');
    assert.equal(stop.reason, 'data breakpoint');
    assert.equal(await line(), lineOf('mov cx, [0x608]') + 1);
    const register = await info({ name: 'cx' });
    assert.deepEqual([register.dataId, register.accessTypes], ['value@0:guest:cx', ['write']]);
    await watch({ dataId: register.dataId });
    await client.run('continue');
    assert.equal(await line(), lineOf('dec cx') + 1);
    const port = await info({ name: '0x80', asAddress: true, bytes: 1, mode: 'port' });
    assert.equal(port.dataId, 'port@0:0x80/1');
    await watch({ dataId: port.dataId, condition: 'exit.number > 3' });
    assert.equal((await client.run('continue')).reason, 'data breakpoint');
    assert.equal(await client.evaluate('guest.al'), '0x3');
  });

  it('stand among the function breakpoints, too, by a name that says what is meant', async () => {
    await start('vtx');
    const { breakpoints } = await client.ask<Set>('setFunctionBreakpoints', {
      breakpoints: [
        { name: 'change guest.cx', condition: 'guest.cx == 2' },
        { name: 'read word [0x608]' },
        { name: 'change gpa:0x9000/8' },
        { name: 'read cr3' },
        { name: 'access port(0x80)' },
        { name: 'write nonsense' },
        { name: 'count' },
      ],
    });
    assert.deepEqual(
      breakpoints.map(({ verified }) => verified),
      [true, true, true, false, true, false, true],
    );
    const reasons = [];
    for (let n = 0; n < 3; n++) reasons.push((await client.run('continue')).reason);
    assert.deepEqual(reasons, ['function breakpoint', 'data breakpoint', 'data breakpoint']);
    assert.equal(await client.evaluate('cx'), '0x2');
  });

  it('tell who writes something next', async () => {
    await start('vtx');
    const { dataId } = await info({ name: '0x604', asAddress: true, bytes: 2 });
    const stop = await client.run(PastRequest.NEXT_STORE, { dataId });
    assert.equal(stop.description, 'Paused behind the next write');
    assert.equal(await line(), lineOf('mov word [0x604]') + 1);
    const field = await info({ name: 'vmcs.guest_rip' });
    await client.run(PastRequest.NEXT_STORE, { dataId: field.dataId });
    assert.match(await client.evaluate('exit.reason'), /CPUID/);
  });

  it('are those of one guest among several', async () => {
    client = new InlineClient({ 'kernel.asm': PROGRAM, 'other.asm': PROGRAM });
    await client.start('kernel.asm', { monitor: 'vtx', guests: [{ program: 'other.asm' }] });
    for (const dataId of ['gva@1:0x602/2', 'value@1:guest:guest.cx', 'port@1:0x80/1']) {
      const { breakpoints } = await watch({ dataId });
      assert.equal(breakpoints[0]?.verified, true);
      const { reason, threadId } = await client.run('continue');
      assert.deepEqual([reason, threadId], ['data breakpoint', 2], dataId);
    }
  });

  it('say what cannot be watched', async () => {
    await start('vtx');
    const why = async (args: object): Promise<string> => {
      const { dataId, description } = await info(args);
      assert.equal(dataId, null);
      return description;
    };
    assert.match(await why({ name: '7' }), /a number, which nothing changes/);
    assert.match(await why({ name: 'vmcs.nothing' }), /no field nothing/);
    assert.match(await why({ name: 'port(0x10000)' }), /65,536 I\/O ports/);
    assert.match(await why({ name: 'word [' }), /./);
    assert.match(await why({ name: '0x600', asAddress: true, bytes: 0 }), /1 to 1,048,576 bytes/);
    const { breakpoints } = await watch(
      { dataId: 'nonsense' },
      { dataId: 'value@0:guest:eax', accessType: 'read' },
      { dataId: 'gva:0x600/4', condition: 'eax ==' },
    );
    assert.deepEqual(
      breakpoints.map(({ verified }) => verified),
      [false, false, false],
    );
    assert.match(breakpoints[1]?.message ?? '', /only be told when it changes/);
  });
});
