import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { GdbClient } from './client.testing';
import { packetOf } from './packet';
import { inlineSession, type InlineSession } from './session.testing';

/** `GDB_PACKETS=20000` sends more of them, `GDB_SEED=n` the same ones again. */
const PACKETS = Number(process.env['GDB_PACKETS'] ?? 1500);
const SEED = Number(process.env['GDB_SEED'] ?? 20_261_127);

const LOOP = `
org 0x7c00
bits 16
start:  xor eax, eax
        mov ss, ax
        mov sp, 0x7000
        mov ebx, 3
again:  call twice
        mov [0x600], eax
back:   dec ebx
        jnz again
        cpuid
        mov al, 3
        out 0xf4, al
twice:  inc eax
        inc eax
        ret
`;
const READER = `
org 0x7c00
bits 16
start:  xor eax, eax
        mov word [0x602], 1
        mov ax, [0x602]
        nop
        mov al, 3
        out 0xf4, al
`;
const FOREVER = 'org 0x7c00\nbits 16\nstart: inc eax\n jmp start';
const MODES = readFileSync(join(__dirname, '../../test/transcripts/guests/modes.asm'), 'utf8');

/** The numbers of registers, by their order in GDB's standard feature. */
const RBX = 1;
const RIP = 16;

const numberIn = (digits: string): number =>
  Number(BigInt(`0x${digits.match(/../g)?.reverse().join('') ?? ''}`));

async function register(client: GdbClient, number: number): Promise<number> {
  return numberIn(await client.ask(`p${number.toString(16)}`));
}

describe('a session of the GDB remote protocol', () => {
  it('begins as GDB begins one', async () => {
    const { client } = await inlineSession(LOOP);
    const features = await client.ask('qSupported:multiprocess+;swbreak+;hwbreak+');
    assert.match(features, /PacketSize=4000;.*ReverseStep\+;ReverseContinue\+/);
    assert.equal(await client.ask('vMustReplyEmpty'), '');
    assert.equal(await client.ask('QStartNoAckMode'), 'OK');
    assert.equal(client.acknowledgements, '+++');
    assert.equal(await client.ask('Hg0'), 'OK');
    assert.equal(await client.ask('qTStatus'), '');
    assert.equal(await client.ask('?'), 'T05thread:1;');
    assert.equal(await client.ask('qfThreadInfo'), 'm1');
    assert.equal(await client.ask('qsThreadInfo'), 'l');
    assert.equal(await client.ask('qC'), 'QC1');
    assert.equal(await client.ask('qAttached'), '1');
    assert.equal(await client.ask('vCont?'), 'vCont;c;C;s;S');
    assert.equal(client.acknowledgements, '+++');
  });

  it('describes the registers in pieces, as many bytes as `g` has', async () => {
    const { client } = await inlineSession(LOOP);
    let text = '';
    for (let more = true; more;) {
      const piece = await client.ask(
        `qXfer:features:read:target.xml:${text.length.toString(16)},300`,
      );
      more = piece.startsWith('m');
      text += piece.slice(1);
    }
    const bits = [...text.matchAll(/bitsize="(\d+)"/g)].map(([, size]) => Number(size));
    const all = await client.ask('g');
    assert.equal(
      all.length / 2,
      bits.reduce((sum, size) => sum + size / 8, 0),
    );
    assert.equal(await client.ask(`G${all}`), 'OK');
    assert.equal(await client.ask('g'), all);
    assert.equal(await client.ask('qXfer:features:read:other.xml:0,300'), 'E16');
    assert.match(await client.ask('qXfer:threads:read::0,300'), /^l<\?xml.*id="1" core="0"/s);
  });

  for (const monitor of ['none', 'vtx', 'svm'] as const) {
    it(`stops at breakpoints, steps, and goes back (${monitor})`, async () => {
      const { client, at, told } = await inlineSession(LOOP, { monitor });
      await client.ask('qSupported:swbreak+;hwbreak+');
      assert.equal(await client.ask(`Z0,${at('back')},1`), 'OK');
      assert.equal(await client.ask('vCont;c'), 'T05thread:1;swbreak:;');
      assert.equal((await register(client, RIP)).toString(16), at('back'));
      assert.equal(await client.ask('c'), 'T05thread:1;swbreak:;');
      assert.equal(await register(client, RBX), 2);
      assert.equal(await client.ask(`z0,${at('back')},1`), 'OK');
      assert.equal(await client.ask('vCont;s:1;c'), 'T05thread:1;');
      assert.equal(await register(client, RBX), 1);
      assert.equal(await client.ask('bs'), 'T05thread:1;');
      assert.equal(await register(client, RBX), 2);
      assert.equal(await client.ask(`Z1,${at('twice')},1`), 'OK');
      assert.equal(await client.ask('bc'), 'T05thread:1;hwbreak:;');
      assert.equal(await client.ask('bs'), 'T05thread:1;');
      assert.equal((await register(client, RIP)).toString(16), at('again'));
      assert.equal(await client.ask(`z1,${at('twice')},1`), 'OK');
      assert.equal(await client.ask('bc'), 'T05thread:1;replaylog:begin;');
      assert.equal(await client.ask('c'), 'W07');
      assert.deepEqual(told, ['ended 7']);
    });

    it(`watches memory, also on the way back (${monitor})`, async () => {
      const { client, at } = await inlineSession(LOOP, { monitor });
      assert.equal(await client.ask('Z2,600,4'), 'OK');
      assert.equal(await client.ask('c'), 'T05thread:1;watch:600;');
      assert.equal(await client.ask('c'), 'T05thread:1;watch:600;');
      assert.equal(await client.ask('m600,4'), '04000000');
      assert.equal(await client.ask('bc'), 'T05thread:1;watch:600;');
      assert.equal(await client.ask('m600,4'), '02000000');
      assert.equal(((await register(client, RIP)) + 4).toString(16), at('back'));
    });

    it(`watches reads (${monitor})`, async () => {
      const { client } = await inlineSession(READER, { monitor });
      assert.equal(await client.ask('Z3,600,4'), 'OK');
      assert.equal(await client.ask('c'), 'T05thread:1;rwatch:600;');
      assert.equal(await register(client, RIP), 0x7c0c);
      assert.equal(await client.ask('z3,600,4'), 'OK');
      assert.equal(await client.ask('Z4,600,4'), 'OK');
      assert.equal(await client.ask('bc'), 'T05thread:1;awatch:600;');
      assert.equal(await client.ask('bc'), 'T05thread:1;awatch:600;');
      assert.equal(await register(client, RIP), 0x7c03);
    });

    it(`survives mode switches (${monitor})`, async () => {
      const { client, at } = await inlineSession(MODES, { monitor });
      const seen: string[] = [];
      for (const label of ['protected', 'long_mode']) {
        await client.ask(`Z0,${at(label)},1`);
        await client.ask('c');
        assert.equal((await register(client, RIP)).toString(16), at(label));
        seen.push(Buffer.from(await client.ask('qThreadExtraInfo,1'), 'hex').toString());
      }
      assert.deepEqual(
        seen.map((text) => text.replace('guest: ', '')),
        ['ring 0, protected, 32-bit', 'ring 0, 64-bit mode'],
      );
    });
  }

  it('has a thread for each processor, and steps the one that is meant', async () => {
    const { client } = await inlineSession(FOREVER, { cpus: 2 });
    assert.equal(await client.ask('qfThreadInfo'), 'm1,2');
    assert.equal(await client.ask('Hg2'), 'OK');
    const second = await register(client, RIP);
    assert.equal(await client.ask('vCont;s:1'), 'T05thread:1;');
    assert.equal(await client.ask('T2'), 'OK');
    assert.equal(await client.ask('T3'), 'E03');
    assert.equal(await client.ask('Hg2'), 'OK');
    assert.equal(await register(client, RIP), second);
  });

  it('has a thread for each guest', async () => {
    const { client } = await inlineSession(FOREVER, { monitor: 'vtx', other: true });
    assert.equal(await client.ask('qfThreadInfo'), 'm1,2');
    for (const thread of [1, 2, 2, 1]) {
      assert.equal(await client.ask(`vCont;s:${String(thread)};c`), `T05thread:${String(thread)};`);
    }
  });

  it('lets one thread go on alone', async () => {
    const { client } = await inlineSession(FOREVER, { cpus: 2 });
    await client.ask('Hg2');
    const second = await register(client, RIP);
    const stop = client.ask('vCont;c:1');
    setTimeout(() => {
      client.interrupt();
    }, 100);
    assert.equal(await stop, 'T02thread:1;');
    await client.ask('Hg2');
    assert.equal(await register(client, RIP), second);
  });

  it('pauses when it is asked to', async () => {
    const { client } = await inlineSession(FOREVER);
    const stop = client.ask('c');
    setTimeout(() => {
      client.interrupt();
    }, 50);
    assert.equal(await stop, 'T02thread:1;');
  });

  it('reads what is there, and writes all or nothing', async () => {
    const { client } = await inlineSession(LOOP);
    const end = (1 << 20).toString(16);
    assert.equal(await client.ask('M500,3:0102ff'), 'OK');
    assert.equal(await client.ask('m500,3'), '0102ff');
    assert.equal(await client.ask('X500,2:\x00}'), 'OK');
    assert.equal(await client.ask('m500,3'), '007dff');
    assert.match(await client.ask('mffff0,20'), /^[0-9a-f]+$/);
    assert.equal(await client.ask(`m${'f'.repeat(16)},1`), 'E0e');
    assert.equal(await client.ask(`M${'f'.repeat(16)},1:00`), 'E0e');
    assert.equal(await client.ask(`m${end}`), 'E16');
    assert.equal(await client.ask('M500,3:01'), 'E16');
  });

  it('has the linear address as instruction pointer, in real mode, too', async () => {
    const { client } = await inlineSession(
      'org 0x7c00\nbits 16\njmp 0x7b0:0x110\ntimes 16 db 0\nhlt\nhlt',
    );
    await client.ask('s');
    assert.equal(await register(client, RIP), 0x7c10);
    assert.equal(await client.ask(`P10=147c000000000000`), 'OK');
    assert.equal(await register(client, RIP), 0x7c14);
  });

  it('tells why a guest cannot go on', async () => {
    const { client } = await inlineSession('org 0x7c00\nlidt [none]\nint 3\nnone: dw 0\ndd 0');
    assert.equal(await client.ask('c'), 'T06thread:1;');
    assert.match(client.console, /Triple fault\n.*#BP/s);
  });

  it('prints what monitor commands ask for', async () => {
    const { client, at } = await inlineSession(LOOP, { monitor: 'vtx' });
    await client.ask(`Z0,${at('back')},1`);
    await client.ask('c');
    assert.match(await client.monitor('walk 0x7c00'), /EPT PTE\[7\].*= HPA 0x/s);
    assert.match(await client.monitor('info vmcs guest rip'), /Guest RIP +0x7c/);
    assert.match(await client.monitor('info tlb'), /entr(y|ies)/);
    assert.match(await client.monitor('info registers cr0'), /cr0/i);
    assert.match(await client.monitor('info machines'), /guest/);
    assert.match(await client.monitor('info exits'), /No VM exit yet/);
    assert.match(await client.monitor('x 2'), /=> 0x7c15: {2}dec ebx\n {3}0x7c17: {2}jne again\n/);
    assert.match(await client.monitor('x twice 1'), /<twice>:\n.*inc eax/);
    assert.match(await client.monitor('walk nobody'), /nobody/);
    assert.match(await client.monitor('dance'), /Unknown command: dance\ninfo registers/);
    assert.match(await client.monitor('info constructor'), /Unknown command/);
  });

  it('leaves nothing behind when the client goes', async () => {
    const { client, at, reconnect, debuggee, told } = await inlineSession(LOOP);
    await client.ask(`Z0,${at('back')},1`);
    await client.ask('Z2,600,4');
    await client.ask('c');
    assert.equal(await client.ask('D'), 'OK');
    const next = reconnect();
    assert.equal(await next.ask('?'), 'T05thread:1;');
    assert.equal(debuggee.run.isRunning, false);
    assert.equal(await next.ask('c'), 'W07');
    assert.deepEqual(told, ['ended 7']);
  });

  it('ends when it is killed, also while it runs', async () => {
    const { client, told } = await inlineSession(FOREVER);
    void client.ask('c');
    void client.ask('k');
    assert.deepEqual(told, ['killed']);
  });

  it('sends an answer again that has not arrived, and asks for a packet that was broken', async () => {
    const { client } = await inlineSession(LOOP);
    const answer = await client.ask('qC');
    assert.equal(await client.askRaw('-'), answer);
    assert.equal(await client.askRaw('$qC#00$qC#b4'), answer);
    assert.equal(client.acknowledgements, '+-+');
    assert.equal(await client.askRaw(`$${'a'.repeat(0x5000)}#00`), 'E16');
  });
});

/** What a client could send: names of packets with arguments that fit, and with others. */
const HEX = fc.oneof(
  fc.constantFrom('0', '1', '2', '600', '7c00', 'ffffffffffffffff', '-1', '', '10000000000000000'),
  fc.nat(0xffff).map((number) => number.toString(16)),
);
const NAMES = [
  ...['?', 'g', 'G', 'p', 'P', 'm', 'M', 'X', 'H', 'Hg', 'Hc', 'T', 'z', 'Z', 'Z0,', 'Z2,', 'z0,'],
  ...[
    's',
    'c',
    'C',
    'S',
    'bs',
    'bc',
    'b',
    'D',
    'vCont',
    'vCont;',
    'vCont;s:',
    'vCont?',
    'vFile:',
    '!',
  ],
  ...['qSupported', 'qC', 'qfThreadInfo', 'qThreadExtraInfo,', 'qXfer:features:read:target.xml:'],
  ...['qXfer:threads:read::', 'qXfer:', 'qRcmd,', 'qAttached', 'R', 'i', 'constructor', '', '\x00'],
];
const RANDOM_PACKET = fc
  .tuple(
    fc.constantFrom(...NAMES),
    fc.array(fc.tuple(HEX, fc.constantFrom(...',:;=#$}*')), { maxLength: 4 }),
  )
  .map(([name, rest]) => name + rest.map(([number, mark]) => number + mark).join(''));
const ANSWER =
  /^(|OK|E[0-9a-f]{2}|[ml][^]*|T[0-9a-f]{2}.*|W..|QC\d+|[0-9a-f]+|vCont.*|PacketSize.*)$/;

describe(`random packets (seed ${String(SEED)})`, function () {
  this.timeout(Math.max(60_000, PACKETS * 60));

  it('are answered once each, and never by a mistake of ours', async () => {
    let present: InlineSession | undefined;
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(RANDOM_PACKET, async (packet) => {
        if (!present || sent++ % 100 === 0 || present.told.length > 0) {
          const monitor = sent % 2 ? 'vtx' : 'none';
          present = await inlineSession(FOREVER, { monitor });
        }
        const { client, told } = present;
        const answer = client.askRaw(packetOf(packet));
        // Whatever has let it run is asked to stop, as often as it takes.
        const pause = setInterval(() => {
          client.interrupt();
        }, 5);
        assert.match(await answer, ANSWER);
        clearInterval(pause);
        assert.deepEqual(
          told.filter((text) => !text.startsWith('ended')),
          [],
        );
        assert.match(await client.ask('qC'), /^QC/);
      }),
      { numRuns: PACKETS, seed: SEED, endOnFailure: true },
    );
  });

  it('and random bytes leave the session alive', async () => {
    const { client, told } = await inlineSession(FOREVER);
    // None of them lets it run for ever: those are the packets above.
    const bytes = fc
      .uint8Array({ maxLength: 200 })
      .map((all) => all.filter((byte) => byte !== 0x24));
    await fc.assert(
      fc.asyncProperty(bytes, async (noise) => {
        assert.match(await client.askRaw(Buffer.concat([noise, packetOf('qC')])), /^QC/);
        assert.deepEqual(told, []);
      }),
      { numRuns: 200, seed: SEED },
    );
  });
});
