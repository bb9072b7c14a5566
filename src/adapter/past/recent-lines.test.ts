import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InlineClient } from '../inline-client.testing';
import { PastRequest, type MomentsResponse, type RecentLinesResponse } from './protocol';

const PROGRAM = `
org 0x7c00
bits 16
%macro twice 1
        inc %1
        inc %1
%endmacro
start:  mov ax, 0x1234
        mov ecx, 3
again:  add bx, ax
        loop again
        twice dx
        cpuid
        rep stosb
        mov si, di
last:   hlt
`;

const lineOf = (text: string): number =>
  PROGRAM.split('\n').findIndex((line) => line.includes(text)) + 1;

/** All ways whose past is recorded. */
const MONITORS = ['none', 'vtx', 'svm', 'emulate', 'deprivilege', 'paravirt'];

describe('the lines that were executed last', () => {
  let client: InlineClient;

  const stop = async (monitor: string, at: string, more: object = {}): Promise<void> => {
    client = new InlineClient({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm', { monitor, ...more });
    await client.ask('setBreakpoints', {
      source: { path: 'kernel.asm' },
      breakpoints: [{ line: lineOf(at) }],
    });
    await client.run('continue');
  };
  const recent = async (instructions?: number) => {
    const { lines } = await client.ask<RecentLinesResponse>(PastRequest.RECENT_LINES, {
      ...(instructions !== undefined && { instructions }),
    });
    return lines.filter(({ source }) => source.path === 'kernel.asm');
  };
  const seen = async (instructions?: number) =>
    (await recent(instructions)).map(({ line, ago, times }) => [line, ago, times]);
  const place = async (): Promise<string> => {
    const { stackFrames } = await client.ask<DebugProtocol.StackTraceResponse['body']>(
      'stackTrace',
      { threadId: 1 },
    );
    const frames = stackFrames.map(({ name, line }) => `${name} ${String(line)}`);
    const view = await client.ask<object>('ringside/view', { view: 'registers' });
    const moments = await client.ask<MomentsResponse>(PastRequest.MOMENTS);
    return JSON.stringify([frames, view, moments]);
  };

  /** Asks again and again for the same variables of the topmost frame. */
  const variables = async () => {
    const { stackFrames } = await client.ask<DebugProtocol.StackTraceResponse['body']>(
      'stackTrace',
      { threadId: 1 },
    );
    const { scopes } = await client.ask<DebugProtocol.ScopesResponse['body']>('scopes', {
      frameId: stackFrames[0]?.id,
    });
    return async (): Promise<string> => {
      const all = scopes.map(({ variablesReference }) =>
        client.ask('variables', { variablesReference }),
      );
      const told = JSON.stringify(await Promise.all(all));
      // What lies below has a new number each time.
      return told.replace(/("variablesReference":)\d+/g, '$1');
    };
  };

  for (const monitor of MONITORS) {
    it(`are told with how long ago it was, and how often, under ${monitor}`, async () => {
      await stop(monitor, 'cpuid');
      const before = await place();
      assert.deepEqual(await seen(), [
        [lineOf('mov ax'), 10, 1],
        [lineOf('mov ecx'), 9, 1],
        [lineOf('again:'), 4, 3],
        [lineOf('loop again'), 3, 3],
        [lineOf('twice dx'), 1, 1],
      ]);
      assert.deepEqual(await seen(3), [
        [lineOf('loop again'), 3, 1],
        [lineOf('twice dx'), 1, 1],
      ]);
      assert.equal(await place(), before, 'nobody has moved');
    });

    it(`are told with the registers as they were, under ${monitor}`, async () => {
      await stop(monitor, 'cpuid');
      const lines = await recent();
      const changed = (line: number): string[] =>
        (lines.find((each) => each.line === line)?.registers ?? [])
          .filter(({ before, after }) => before !== after)
          .map(({ name, before, after }) => `${name} ${before} ${after}`);
      assert.deepEqual(changed(lineOf('again:')), ['ebx 0x2468 0x369c']);
      assert.deepEqual(changed(lineOf('loop again')), ['ecx 0x1 0x0']);
      const [edx] = changed(lineOf('twice dx'));
      assert.match(edx ?? '', /^edx 0x/);
      assert.equal(changed(lineOf('twice dx')).length, 1);
    });
  }

  for (const monitor of MONITORS) {
    it(`are not those before which an interrupt came, under ${monitor}`, async () => {
      const TIMER = `
org 0x7c00
bits 16
        cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7000
        mov word [8 * 4], tick
        mov word [8 * 4 + 2], 0
        mov al, 0x11
        out 0x20, al
        mov al, 8
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        mov al, 0x34
        out 0x43, al
        mov al, 100
        out 0x40, al
        mov al, 40
        out 0x40, al
        sti
        hlt
        mov bx, 1       ; not yet
tick:   inc si
`;
      const at = (text: string): number =>
        TIMER.split('\n').findIndex((line) => line.includes(text)) + 1;
      client = new InlineClient({ 'kernel.asm': TIMER });
      await client.start('kernel.asm', { monitor, interrupts: 'deliver' });
      await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'tick' }] });
      await client.run('continue');
      assert.deepEqual((await seen()).slice(-4), [
        [at('mov al, 40'), 4, 1],
        [at('mov al, 40') + 1, 3, 1],
        [at('sti'), 2, 1],
        [at('hlt'), 1, 1],
      ]);
    });
  }

  it('count a repeated instruction once', async () => {
    await stop('none', 'last:');
    const lines = await recent();
    assert.deepEqual(
      lines.filter(({ line }) => line > lineOf('cpuid')).map(({ ago, times }) => [ago, times]),
      [
        [2, 1],
        [1, 1],
      ],
    );
  });

  it('are known within a handler, too, and leave the session there', async () => {
    await stop('vtx', 'cpuid');
    await client.run('stepIn');
    await client.run('next');
    const before = await place();
    assert.match(before, /handle/i);
    const held = await variables();
    const known = await held();
    assert.match(known, /VMREAD/);
    assert.equal((await recent()).at(-1)?.line, lineOf('cpuid'));
    assert.equal(await held(), known, 'what a client holds is still answered');
    assert.equal(await place(), before);
    await client.run('stepOut');
    assert.equal((await recent()).at(-1)?.line, lineOf('cpuid'));
  });

  it('do not make a stop be told again', async () => {
    const TRIPLE = 'org 0x7c00\nbits 16\n lidt [none]\n int3\nnone: dw 0, 0, 0\n';
    client = new InlineClient({ 'kernel.asm': TRIPLE });
    await client.start('kernel.asm', { monitor: 'vtx' });
    await client.run('continue');
    const before = await place();
    await client.ask(PastRequest.RECENT_LINES);
    assert.equal(await place(), before);
    const stops = (): number => client.events.filter(({ event }) => event === 'stopped').length;
    const count = stops();
    await client.ask('continue', { threadId: 1 });
    await client.event('terminated');
    assert.equal(stops(), count);
  });

  it('are those before a moment of the past', async () => {
    await stop('vtx', 'last:');
    await client.run(PastRequest.GO_TO, { to: 'instruction', number: 2 });
    assert.deepEqual(await seen(), [
      [lineOf('mov ax'), 2, 1],
      [lineOf('mov ecx'), 1, 1],
    ]);
    const { isPast } = await client.ask<MomentsResponse>(PastRequest.MOMENTS);
    assert.equal(isPast, true);
  });

  it('are none at the beginning, and where nothing is recorded', async () => {
    client = new InlineClient({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm', { monitor: 'vtx' });
    assert.deepEqual(await seen(), []);
    await stop('none', 'cpuid', { historyMemory: 0 });
    assert.deepEqual(await seen(), []);
  });
});
