import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InlineClient } from '../inline-client.testing';
import { PastRequest, type HistoryArguments, type HistoryResponse } from './protocol';

/** Prints, leaves by CPUID several times, raises an exception and enters protected mode. */
const PROGRAM = `
org 0x7c00
bits 16
start:  cli
        xor eax, eax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7000
        mov word [0], divide
        mov word [2], 0
        mov esi, message
        mov dx, 0x3f8
print:  lodsb
        test al, al
        jz printed
        out dx, al
        jmp print
printed:
        mov cx, 5
again:  push cx
        xor eax, eax
        cpuid
        pop cx
        loop again
        xor bl, bl
        div bl
        lgdt [gdt_pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:protected
divide: add word [esp], 2
        iret
message: db 'Hello', 0
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdt_pointer: dw 23
        dd gdt
bits 32
protected:
        mov ax, 16
        mov ds, ax
        nop
done:   mov al, 3
        out 0xf4, al
`;

const lineOf = (text: string): number =>
  PROGRAM.split('\n').findIndex((line) => line.includes(text)) + 1;

const MONITORS = ['none', 'vtx', 'svm', 'emulate', 'deprivilege', 'translate', 'paravirt'];

describe('what happened in a run', () => {
  let client: InlineClient;

  const start = async (more: object): Promise<void> => {
    client = new InlineClient({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm', more);
    await client.ask('setBreakpoints', {
      source: { path: 'kernel.asm' },
      breakpoints: [{ line: lineOf('done:') }],
    });
  };
  const history = (args: HistoryArguments = {}) =>
    client.ask<HistoryResponse>(PastRequest.HISTORY, args);
  const textsOf = ({ episodes = [], series }: HistoryResponse, kind: string): string[] =>
    episodes.filter((each) => series[each.series]?.kind === kind).map(({ text }) => text);

  for (const monitor of MONITORS) {
    it(`is told one by one, under ${monitor}`, async () => {
      await start({ monitor });
      await client.run('continue');
      const told = await history();
      assert.deepEqual(textsOf(told, 'output'), ['serial port: “Hello”']);
      assert.equal(told.episodes?.[0]?.from, 0);
      assert.deepEqual(textsOf(told, 'mode'), [
        'ring 0, real mode',
        'ring 0, protected, 16-bit',
        'ring 0, protected, 32-bit',
      ]);
      assert.ok(textsOf(told, 'event').includes('#DE Divide Error'), textsOf(told, 'event').join());
      if (monitor === 'vtx' || monitor === 'svm') {
        const exits = textsOf(told, 'exit').join('; ');
        assert.match(exits, /0x3f8.* × 5; CPUID \(leaf 0x0\) × 5/);
      }
    });
  }

  it('is the same in the past, from where one can go to an exit that is yet to come', async () => {
    await start({ monitor: 'vtx' });
    await client.run('continue');
    const told = await history();
    assert.equal(told.instructions, told.present);
    await client.run(PastRequest.GO_TO, { to: 'start' });
    const past = await history();
    assert.deepEqual(past, { ...told, instructions: 0, checkpoints: past.checkpoints });
    const exit = past.episodes?.find(({ text }) => text.includes('MOV CR0'))?.exit;
    await client.run(PastRequest.GO_TO, { to: 'exit', number: exit, guest: 0 });
    assert.equal(Number(await client.evaluate('exit.number')), exit);
  });

  it('is told in stretches, with what was marked', async () => {
    await start({ monitor: 'vtx' });
    await client.run('continue');
    await client.ask(PastRequest.BOOKMARK, { name: 'here' });
    const { stretches, series, bookmarks, present, checkpoints } = await history({ stretches: 4 });
    assert.deepEqual([stretches.length, stretches[0]?.from, stretches[3]?.to], [4, 0, present]);
    assert.deepEqual(
      bookmarks.map(({ name, instructions }) => [name, instructions]),
      [['here', present]],
    );
    assert.equal(checkpoints[0], 0);
    const sums = new Map<number, number>();
    for (const { counts } of stretches) {
      for (const [index, n] of counts) sums.set(index, (sums.get(index) ?? 0) + n);
    }
    assert.deepEqual(
      series.map(({ total }) => total),
      series.map((_, n) => sums.get(n) ?? 0),
    );
    const part = await history({ from: 10, to: 20, stretches: 100 });
    assert.deepEqual([part.from, part.to, part.stretches.length], [10, 20, 11]);
    assert.deepEqual(
      part.stretches[0]?.modes.map((n) => part.series[n]?.name),
      ['ring 0, real mode'],
    );
  });

  it('is told where there is no way back, with the reason', async () => {
    await start({ monitor: 'translate' });
    await client.run('continue');
    assert.match((await history()).noWayBack ?? '', /translated guest/);
    await start({ historyMemory: 0 });
    await client.run('continue');
    assert.match((await history()).noWayBack ?? '', /not recorded/);
    await start({});
    assert.equal((await history()).noWayBack, undefined);
  });

  it('is that of the present timeline', async () => {
    await start({ monitor: 'vtx' });
    await client.run('continue');
    const all = await history();
    await client.run(PastRequest.GO_TO, { to: 'instruction', number: 40 });
    const { id: frameId } = await client.topFrame();
    await client.ask('setExpression', { expression: 'ecx', value: '1', frameId });
    const forked = await history();
    assert.equal(forked.present, 40);
    assert.ok((forked.episodes?.length ?? 0) < (all.episodes?.length ?? 0));
    await client.run('continue');
    assert.ok(
      textsOf(await history(), 'exit').some((text) => text.startsWith('CPUID (leaf 0x0) × 2')),
    );
    await client.run(PastRequest.TIMELINE, { number: 1 });
    assert.deepEqual((await history()).episodes, all.episodes);
  });

  it('is told at the end, before the session is over', async () => {
    await start({ monitor: 'vtx' });
    const told: string[] = [];
    const atEnd = client.ask<HistoryResponse>(PastRequest.HISTORY, { atEnd: true }).then((body) => {
      told.push('history');
      return body;
    });
    await client.run('continue');
    const { present } = await history();
    await client.ask('continue', { threadId: 1 });
    await client.event('terminated').then(() => told.push('terminated'));
    assert.deepEqual(told, ['history', 'terminated']);
    assert.ok((await atEnd).present > present);
  });

  it('is not told at an end that somebody brings about', async () => {
    await start({});
    const atEnd = client.send(PastRequest.HISTORY, { atEnd: true });
    await client.ask('disconnect');
    assert.equal((await atEnd).success, false);
  });

  it('has the rings in which the guest believes to be, under each monitor', async function () {
    this.timeout(60_000);
    const file = 'samples/rings/kernel.asm';
    const text = readFileSync(join(__dirname, '../../..', file), 'utf8');
    const rings = async (monitor: string): Promise<string[]> => {
      client = new InlineClient({ [file]: text });
      await client.start(file, { monitor });
      const atEnd = client.ask<HistoryResponse>(PastRequest.HISTORY, { atEnd: true });
      await client.ask('continue', { threadId: 1 });
      const told = await atEnd;
      return [...textsOf(told, 'mode'), ...textsOf(told, 'event')];
    };
    const bare = await rings('none');
    assert.equal(bare.filter((each) => each === 'ring 3, 64-bit mode').length, 6);
    for (const monitor of ['vtx', 'deprivilege', 'translate']) {
      assert.deepEqual(await rings(monitor), bare, monitor);
    }
  });
});
