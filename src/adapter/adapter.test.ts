import assert from 'node:assert/strict';
import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InlineClient } from './inline-client.testing';

const HEAD = 'bits 16\norg 0x7c00\n';
const SOURCES: Record<string, string> = {
  'plain.asm': `${HEAD}start:\n mov ax, 5\n mov bx, ax\n call func\n nop\n cli\n hlt\nfunc:\n inc bx\n ret\n`,
  'endless.asm': `${HEAD}start: jmp start\n`,
  'exits.asm': `${HEAD}start: cpuid\n jmp start\n`,
  'resting.asm': `${HEAD}
    cli
    mov al, 0x34
    out 0x43, al
    mov al, 100
    out 0x40, al
    mov al, 0
    out 0x40, al
    mov al, 0xff    ; the timer ticks, but is masked
    out 0x21, al
    sti
idle: hlt
    jmp idle\n`,
  'waiting.asm': `${HEAD}start: sti\n hlt\n jmp start\n`,
  'slow.asm': `${HEAD}start: call func\n cli\n hlt\nfunc: inc eax\n jmp func\n ret\n`,
  'broken.asm': 'bogus 1\n',
  'long.asm': `${HEAD}${'mov ax, [bx+si+5]\n'.repeat(60_000)}`,
};

describe('adapter', () => {
  let client: InlineClient;
  const open = (): InlineClient => (client = new InlineClient(SOURCES));

  beforeEach(open);
  afterEach(() => client.ask('disconnect'));

  it('declares at least 25 capabilities', async () => {
    const capabilities = await client.ask<DebugProtocol.Capabilities>('initialize');
    const declared = Object.values(capabilities).filter(
      (value) => value !== false && value !== undefined,
    );
    assert.ok(declared.length >= 25, String(declared.length));
  });

  for (const monitor of ['vtx', 'none']) {
    for (const program of ['endless.asm', 'exits.asm', 'resting.asm', 'waiting.asm']) {
      it(`pauses ${program} within 100 ms (monitor: ${monitor})`, async () => {
        await client.start(program, { monitor });
        await client.ask('continue', { threadId: 1 });
        await new Promise((resolve) => setTimeout(resolve, 150));
        const asked = performance.now();
        const { reason } = await client.run('pause');
        const took = performance.now() - asked;
        assert.equal(reason, 'pause');
        assert.ok(took < 100, `${String(took)} ms`);
      });
    }
  }

  it('pauses a step that does not come to its end', async () => {
    await client.start('slow.asm');
    for (const command of ['next', 'stepOut']) {
      await client.ask(command, { threadId: 1 });
      await new Promise((resolve) => setTimeout(resolve, 60));
      assert.equal((await client.run('pause')).reason, 'pause');
    }
  });

  it('goes on from a pause in a guest that waits', async () => {
    await client.start('waiting.asm');
    await client.ask('continue', { threadId: 1 });
    await client.run('pause');
    await client.ask('continue', { threadId: 1 });
    assert.equal((await client.run('pause')).reason, 'pause');
  });

  it('fails a launch with one message, and then launches', async () => {
    await client.ask('initialize');
    const failed = await client.send('launch', { program: 'broken.asm' });
    assert.equal(failed.success, false);
    assert.match(failed.message ?? '', /broken\.asm.*1:1/);
    const { showUser } = (failed.body as { error: DebugProtocol.Message }).error;
    assert.equal(showUser, false, 'it is no fault of the configuration');
    const { diagnostics, failure } = await client.event<{
      diagnostics: unknown[];
      failure: string;
    }>('ringside/diagnostics');
    assert.equal(diagnostics.length, 1);
    assert.equal(failure, failed.message);
    assert.equal((await client.start('plain.asm')).reason, 'entry');
  });

  it('cancels a launch that waits for its configuration', async () => {
    await client.ask('initialize');
    const seq = client.nextSeq;
    const launch = client.send('launch', { program: 'plain.asm' });
    await client.event('initialized');
    await client.ask('cancel', { requestId: seq });
    assert.equal((await launch).message, 'cancelled');
  });

  it('is launched once, however fast it is asked', async () => {
    await client.ask('initialize');
    const launches = [1, 2].map(() => client.send('launch', { program: 'plain.asm' }));
    await client.event('initialized');
    await client.ask('configurationDone');
    const outcomes = (await Promise.all(launches)).map(({ success }) => success);
    assert.deepEqual(outcomes, [true, false]);
    await client.event('stopped');
    assert.equal((await client.send('launch', { program: 'plain.asm' })).success, false);
  });

  it('is launched anew after a launch was cancelled, wherever that stood', async () => {
    await client.ask('initialize');
    const seq = client.nextSeq;
    const assembling = client.send('launch', { program: 'plain.asm' });
    await client.ask('cancel', { requestId: seq });
    assert.equal((await assembling).message, 'cancelled');
    const second = client.nextSeq;
    const waiting = client.send('launch', { program: 'plain.asm' });
    await client.event('initialized');
    await client.ask('cancel', { requestId: second });
    assert.equal((await waiting).message, 'cancelled');
    assert.equal((await client.send('stackTrace')).success, false);
    await client.start('plain.asm');
  });

  for (const command of ['cancel', 'terminate', 'disconnect']) {
    it(`stops assembling at ${command}`, async () => {
      let turns = 0;
      const host = {
        breathe: () => {
          turns++;
          return new Promise<void>((resolve) => {
            setImmediate(resolve);
          });
        },
      };
      client = new InlineClient(SOURCES, host);
      const launch = client.send('launch', { program: 'long.asm' });
      while (turns < 3) await new Promise((resolve) => setTimeout(resolve, 5));
      await client.ask(command, { requestId: client.nextSeq - 1 });
      assert.equal((await launch).success, false);
      const then = turns;
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.ok(turns <= then + 1, `${String(turns - then)} turns more`);
      assert.ok(!client.events.some(({ event }) => event === 'initialized'));
    });
  }

  it('waits for no configuration that came early', async () => {
    await client.ask('configurationDone');
    await client.ask('launch', { program: 'plain.asm' });
    assert.equal((await client.event<{ reason: string }>('stopped')).reason, 'entry');
  });

  it('lets nothing run before it has begun', async () => {
    await client.ask('initialize');
    const launch = client.send('launch', { program: 'plain.asm' });
    await client.event('initialized');
    for (const command of ['continue', 'next', 'stepIn', 'stepOut']) {
      const { success, message } = await client.send(command);
      assert.deepEqual([success, message], [false, 'the guest has not started yet']);
    }
    await client.ask('configurationDone');
    await launch;
    assert.equal((await client.event<{ reason: string }>('stopped')).reason, 'entry');
  });

  it('says nothing after it has said that it is over, and starts nothing', async () => {
    await client.start('plain.asm', { monitor: 'none' });
    await client.run('next');
    await client.ask('continue');
    await client.event('terminated');
    await client.ask('terminate');
    for (const command of ['restart', 'launch', 'continue', 'next', 'goto']) {
      const args = { program: 'plain.asm', targetId: 1 };
      assert.equal((await client.send(command, args)).success, false, command);
    }
    await client.ask('threads');
    assert.deepEqual(client.events, []);
  });

  it('restarts once at a time, and not when it is ended meanwhile', async () => {
    await client.start('plain.asm');
    const answers = [client.send('restart'), client.send('restart'), client.send('terminate')];
    const outcomes = (await Promise.all(answers)).map(({ success }) => success);
    assert.deepEqual(outcomes, [false, false, true]);
    assert.equal(client.events.at(-1)?.event, 'terminated');
  });

  it('skips what is no request, and says so', async () => {
    for (const message of [null, 5, [], {}, { type: 'request', seq: 'x', command: 'threads' }]) {
      client.post(message);
      assert.match((await client.event<{ output: string }>('output')).output, /^Skipped: /);
    }
    await client.ask('threads');
  });

  it('takes requests that come at once one after the other', async () => {
    await client.start('plain.asm');
    const answers = [client.send('next'), client.send('next'), client.send('terminate')];
    const outcomes = (await Promise.all(answers)).map(({ success }) => success);
    assert.deepEqual(outcomes, [true, false, true]);
    await client.ask('threads');
    assert.equal(client.events.at(-1)?.event, 'terminated');
  });

  it('begins nothing when it is ended before its configuration is done', async () => {
    await client.ask('initialize');
    const launch = client.send('launch', { program: 'plain.asm' });
    await client.event('initialized');
    await client.ask('terminate');
    await client.ask('configurationDone');
    await launch;
    await client.ask('threads');
    assert.equal(client.events.at(-1)?.event, 'terminated');
  });

  it('edits variables as clients show them, and tells that values have changed', async () => {
    await client.start('plain.asm');
    const frame = await client.topFrame();
    const { scopes } = await client.ask<DebugProtocol.ScopesResponse['body']>('scopes', {
      frameId: frame.id,
    });
    const reference = scopes[0]?.variablesReference;
    const set = (name: string, value: string) =>
      client.send('setVariable', { variablesReference: reference, name, value });
    assert.equal((await set('ax', '0x10 + 1')).success, true);
    assert.equal(await client.evaluate('ax'), '0x11');
    assert.equal((await set('eflags', '0x42 [ZF]')).success, true);
    assert.equal(await client.evaluate('zf'), '0x1');
    assert.equal((await set('ip', '0x7c03 <start+0x3>')).success, true);
    assert.equal(await client.evaluate('rip'), '0x7c03');
    await client.event('invalidated');
    await client.event('ringside/changed');
    assert.match((await set('ax', 'nothing')).message ?? '', /nothing/);
    assert.match((await set('nothing', '1')).message ?? '', /nothing/);
  });

  it('writes memory by expression and says which', async () => {
    await client.start('plain.asm');
    await client.ask('setExpression', { expression: 'word [0x500]', value: '0xabcd' });
    const { memoryReference, count } = await client.event<{
      memoryReference: string;
      count: number;
    }>('memory');
    assert.deepEqual([memoryReference, count], ['gva:0x500', 2]);
    assert.equal(await client.evaluate('byte [0x501]'), '0xab');
  });

  it('writes code that is then executed', async () => {
    await client.start('plain.asm');
    await client.run('next');
    // mov bx, ax becomes mov bx, 7 … of three bytes, over the CALL's first.
    await client.ask('writeMemory', { memoryReference: 'gva:0x7c03', data: btoa('\xbb\x07\x00') });
    await client.run('stepIn', { granularity: 'instruction' });
    assert.equal(await client.evaluate('bx'), '0x7');
  });

  it('refuses frames of an earlier stop', async () => {
    await client.start('plain.asm');
    const frame = await client.topFrame();
    await client.run('next');
    const response = await client.send('scopes', { frameId: frame.id });
    assert.equal(response.success, false);
  });

  it('keeps breakpoints over a restart, and those set before the launch', async () => {
    await client.ask('initialize');
    const set = await client.ask<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source: { path: 'plain.asm' },
      breakpoints: [{ line: 7 }],
    });
    assert.equal(set.breakpoints[0]?.verified, false);
    const launched = client.send('launch', { program: 'plain.asm', memory: '2M' });
    const changed = await client.event<{ breakpoint: DebugProtocol.Breakpoint }>('breakpoint');
    assert.equal(changed.breakpoint.verified, true);
    await client.event('initialized');
    await client.ask('configurationDone');
    await launched;
    await client.event('stopped');
    const hit = await client.run('continue');
    assert.deepEqual(hit.hitBreakpointIds, [changed.breakpoint.id]);
    await client.ask('restart');
    assert.equal((await client.event<{ reason: string }>('stopped')).reason, 'entry');
    assert.deepEqual((await client.run('continue')).hitBreakpointIds, [changed.breakpoint.id]);
  });

  it('runs through with noDebug', async () => {
    await client.ask('initialize');
    const launched = client.send('launch', { program: 'plain.asm', memory: '2M', noDebug: true });
    await client.event('initialized');
    await client.ask('setBreakpoints', {
      source: { path: 'plain.asm' },
      breakpoints: [{ line: 5 }],
    });
    await client.ask('configurationDone');
    await launched;
    assert.equal((await client.event<{ exitCode: number }>('exited')).exitCode, 0);
    assert.ok(!client.events.some(({ event }) => event === 'stopped'));
  });

  it('speaks the language that the client asks for', async () => {
    const asked: string[] = [];
    client = new InlineClient(SOURCES, {
      translations: (locale) => {
        asked.push(locale);
        return Promise.resolve({ 'no program is being debugged': '没有正在调试的程序' });
      },
    });
    try {
      await client.ask('initialize', { locale: 'zh-CN' });
      assert.deepEqual(asked, ['zh-cn']);
      assert.equal((await client.send('stackTrace')).message, '没有正在调试的程序');
    } finally {
      l10n.config({ contents: {} });
    }
  });

  it('counts lines from 0 for clients that do', async () => {
    await client.ask('initialize', { linesStartAt1: false, columnsStartAt1: false });
    const launched = client.send('launch', { program: 'plain.asm', memory: '2M' });
    await client.event('initialized');
    const set = await client.ask<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source: { path: 'plain.asm' },
      breakpoints: [{ line: 4 }],
    });
    assert.equal(set.breakpoints[0]?.line, 4);
    await client.ask('configurationDone');
    await launched;
    await client.event('stopped');
    await client.run('continue');
    const { line, column } = await client.topFrame();
    assert.deepEqual([line, column], [4, 1]);
  });
});
