import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { readRecording, writeRecording } from '../../session';
import { InlineClient } from '../inline-client.testing';
import { fromBase64 } from '../memory/base64';
import { PastRequest, type MomentsResponse, type SavedRecording } from './protocol';

const PROGRAM = `
        org 0x7c00
        bits 16
start:  xor ax, ax
        mov ds, ax
        mov dx, 0x3fd
next:   in al, dx
        test al, 1
        jz next
        mov dl, 0xf8
        in al, dx
        out dx, al
        mov dl, 0xfd
        cpuid
        mov dx, 0x3fd
        inc word [0x600]
seen:   cmp word [0x600], 4
        jb next
        mov al, 3
        out 0xf4, al
`;

const lineOf = (text: string): number =>
  PROGRAM.split('\n').findIndex((line) => line.includes(text)) + 1;
const FILE = 'bug.ringside';

/** A computer with these files. */
function clientWith(files: Readonly<Record<string, string | Uint8Array>>): InlineClient {
  const read = (path: string): Promise<Uint8Array> => {
    const file = files[path];
    if (file === undefined) return Promise.reject(new Error('no such file'));
    return Promise.resolve(typeof file === 'string' ? new TextEncoder().encode(file) : file);
  };
  return new InlineClient({}, { files: { read } });
}

/** All ways whose past is recorded. */
const MONITORS = ['none', 'vtx', 'svm', 'emulate', 'deprivilege', 'paravirt'];

describe('recordings of a session', function () {
  this.timeout(60_000);
  let client: InlineClient;
  /** What was printed while a recording was opened. */
  let printed = '';

  const top = () => client.topFrame();
  const value = async (expression: string): Promise<string> =>
    client.evaluate(expression, (await top()).id);
  const moments = () => client.ask<MomentsResponse>(PastRequest.MOMENTS);
  const breakAt = (...texts: string[]) =>
    client.ask<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source: { path: 'kernel.asm' },
      breakpoints: texts.map((text) => ({ line: lineOf(text) })),
    });
  const save = () => client.ask<SavedRecording>(PastRequest.SAVE);
  const outputs = (): string =>
    client.events
      .filter(({ event }) => event === 'output')
      .map(({ body }) => (body as DebugProtocol.OutputEvent['body']).output)
      .join('');

  /** A session that stands where the third of three characters has been seen. */
  const record = async (monitor: string, more: object = {}): Promise<void> => {
    client = clientWith({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm', { monitor, ...more });
    await breakAt('seen:');
    for (const character of 'abc') {
      await client.ask('ringside/input', { text: character });
      await client.run('continue');
    }
  };

  /** Opens a recording on another computer. */
  const open = async (
    file: Uint8Array,
    others: Readonly<Record<string, string>> = {},
  ): Promise<DebugProtocol.StoppedEvent['body']> => {
    client = clientWith({ ...others, [FILE]: file });
    await client.ask('initialize', { adapterID: 'ringside' });
    const attached = client.send('attach', { recording: FILE });
    const failed = attached.then((response) => {
      if (!response.success) throw new Error(response.message);
      return new Promise(() => undefined);
    });
    await Promise.race([client.event('initialized'), failed]);
    await client.ask('configurationDone');
    await attached;
    const stands = (): boolean => client.events.some(({ event }) => event === 'stopped');
    while (!stands()) await new Promise((resolve) => setImmediate(resolve));
    printed = outputs();
    return client.event('stopped');
  };

  for (const monitor of MONITORS) {
    it(`are opened where the session stood, and lead back and on, under ${monitor}`, async () => {
      await record(monitor);
      const before = await moments();
      const { data, name } = await save();
      assert.equal(name, 'kernel.ringside');
      const stopped = await open(fromBase64(data));
      assert.equal(stopped.description, 'Moment of the recording');
      assert.deepEqual(await moments(), before);
      const frame = await top();
      assert.equal(frame.line, lineOf('seen:'));
      assert.equal(Number(await value('word [0x600]')), 3);
      await breakAt('inc word');
      await client.run('reverseContinue');
      assert.equal(Number(await value('word [0x600]')), 2);
      await client.run(PastRequest.GO_TO, { to: 'start' });
      assert.equal((await top()).line, lineOf('start:'));
      await client.run(PastRequest.GO_TO, { to: 'present' });
      assert.equal(Number(await value('word [0x600]')), 3);
      // Beyond the end it goes on as any session does.
      await client.ask('ringside/input', { text: 'd' });
      await client.run('continue');
      assert.equal(Number(await value('word [0x600]')), 3);
      assert.equal((await top()).line, lineOf('inc word'));
      assert.equal((await moments()).isPast, false);
    });
  }

  it('print what the guest has printed, and know its exits', async () => {
    await record('vtx');
    const exits = async () => {
      const { nodes } = await client.ask<{ nodes: { exit?: number; label: string }[] }>(
        'ringside/view',
        { view: 'exits' },
      );
      return nodes.map(({ exit, label }) => [exit, label]);
    };
    const before = await exits();
    assert.ok(before.length > 3);
    await open(fromBase64((await save()).data));
    assert.match(printed, /abc/);
    assert.deepEqual(await exits(), before);
  });

  it('hold the whole timeline where somebody stands in the past, and his bookmarks', async () => {
    await record('vtx');
    const { instructions: end } = await moments();
    await client.ask(PastRequest.BOOKMARK, { name: 'three' });
    await client.run('reverseContinue');
    const here = await moments();
    const { data } = await save();
    assert.deepEqual(await moments(), here);
    assert.equal(Number(await value('word [0x600]')), 2);
    await open(fromBase64(data));
    assert.deepEqual(await moments(), here);
    assert.equal((await moments()).present, end);
    assert.equal(Number(await value('word [0x600]')), 2);
    await client.run(PastRequest.GO_TO, { to: 'bookmark', number: 1 });
    assert.equal(Number(await value('word [0x600]')), 3);
  });

  it('hold what was changed by hand', async () => {
    await record('vtx');
    await client.run('reverseContinue');
    const frameId = (await top()).id;
    await client.ask('setExpression', { expression: 'word [0x600]', value: '1', frameId });
    await client.ask('ringside/input', { text: 'x' });
    await client.run('continue');
    assert.equal(Number(await value('word [0x600]')), 2);
    const { data } = await save();
    await open(fromBase64(data));
    assert.equal(Number(await value('word [0x600]')), 2);
    await client.run('reverseContinue');
    await client.run(PastRequest.GO_TO, { to: 'present' });
    assert.equal(Number(await value('word [0x600]')), 2);
    // It can be saved again from there.
    const again = await save();
    await open(fromBase64(again.data));
    assert.equal(Number(await value('word [0x600]')), 2);
  });

  it('tell the sources where the files are not there, or are others', async () => {
    await record('vtx');
    const file = fromBase64((await save()).data);
    for (const others of [{}, { 'kernel.asm': 'other' }]) {
      await open(file, others);
      const { source } = await top();
      assert.equal(source?.path, 'kernel.asm');
      assert.ok(source.sourceReference !== undefined && source.sourceReference > 0);
      const { sourceReference } = source;
      const { content } = await client.ask<{ content: string }>('source', { sourceReference });
      assert.equal(content, PROGRAM);
      const { breakpoints } = await breakAt('cpuid');
      assert.ok(breakpoints[0]?.verified);
      const { sources } =
        await client.ask<DebugProtocol.LoadedSourcesResponse['body']>('loadedSources');
      assert.deepEqual(sources[0], source);
    }
    await open(file, { 'kernel.asm': PROGRAM });
    const { source } = await top();
    assert.deepEqual([source?.path, source?.sourceReference], ['kernel.asm', undefined]);
  });

  it('can be opened anew in the same session', async () => {
    await record('none');
    await open(fromBase64((await save()).data));
    await client.run(PastRequest.GO_TO, { to: 'start' });
    await client.ask('restart');
    const stopped = await client.event<DebugProtocol.StoppedEvent['body']>('stopped');
    assert.equal(stopped.description, 'Moment of the recording');
    assert.equal(Number(await value('word [0x600]')), 3);
  });

  it('hold several guests', async () => {
    client = clientWith({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm', { guests: ['kernel.asm'] });
    await client.ask('ringside/input', { text: 'a' });
    await breakAt('inc word');
    await client.run('continue');
    const threads = await client.ask('threads');
    await open(fromBase64((await save()).data));
    assert.deepEqual(await client.ask('threads'), threads);
    assert.equal((await top()).line, lineOf('inc word'));
  });

  it('are not saved where nothing is recorded, or while the guest runs', async () => {
    client = clientWith({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm', { monitor: 'translate' });
    await assert.rejects(save(), /"translate" cannot be recorded/);
    client = clientWith({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm', { historyMemory: 0 });
    await assert.rejects(save(), /not recorded/);
    client = clientWith({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm');
    await client.ask('continue', { threadId: 1 });
    await assert.rejects(save(), /running/);
    client = clientWith({});
    await assert.rejects(save(), /no program is being debugged/);
  });

  it('are refused with what is wrong, and the session takes another one', async () => {
    await record('none');
    const file = fromBase64((await save()).data);
    const attach = (recording: unknown): Promise<unknown> =>
      client.ask('attach', recording === undefined ? {} : { recording });
    const files = {
      'short.ringside': file.slice(0, 999),
      'broken.ringside': file.map((byte, n) => (n === 1500 ? byte ^ 1 : byte)),
      'kernel.asm': PROGRAM,
      [FILE]: file,
    };
    client = clientWith(files);
    await client.ask('initialize', { adapterID: 'ringside' });
    await assert.rejects(attach(undefined), /nothing to attach to but a "recording"/);
    await assert.rejects(attach(7), /"recording" must be/);
    await assert.rejects(attach('none.ringside'), /none\.ringside cannot be read/);
    await assert.rejects(attach('kernel.asm'), /kernel\.asm: this is no recording/);
    await assert.rejects(attach('short.ringside'), /short\.ringside: it is truncated: 999 of/);
    await assert.rejects(
      attach('broken.ringside'),
      /broken\.ringside: it is damaged: its checksum/,
    );
    const attached = attach(FILE);
    await client.event('initialized');
    await client.ask('configurationDone');
    await attached;
    await client.event('stopped');
    assert.equal(Number(await value('word [0x600]')), 3);
  });

  it('of another computer stop where they go astray', async () => {
    await record('none');
    const recording = await readRecording(fromBase64((await save()).data));
    const [guest] = recording.guests;
    const pieces = guest.image.pieces.map(({ address }) => ({
      address,
      bytes: Uint8Array.of(0xfa, 0xf4), // cli / hlt
    }));
    const altered = { ...guest, image: { ...guest.image, pieces } };
    const stopped = await open(writeRecording({ ...recording, guests: [altered] }));
    assert.match(stopped.description ?? '', /leads elsewhere/);
    await client.ask('stackTrace', { threadId: 1 });
  });
});
