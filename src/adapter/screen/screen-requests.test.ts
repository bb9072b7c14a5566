import assert from 'node:assert/strict';
import { InlineClient } from '../inline-client.testing';
import type { ScreenEventBody, ScreenResponse, TextScreenBody } from '../protocol';
import type { Screen } from '../../machine/screen/screen';
import { textOf } from '../../machine/screen/text';
import { bodyOf, screenFrom } from './screen-body';

const HEAD = 'bits 16\norg 0x7c00\n';
const PRINT = `
    mov ax, 0xb800
    mov es, ax
    mov word [es:0], 0x0700 + 'H'
    mov word [es:2], 0x0700 + 'i'
`;
/** Ends with the first interrupt of the keyboard. */
const KEY = `
    cli
    xor ax, ax
    mov ds, ax
    mov word [9 * 4], handler
    mov word [9 * 4 + 2], 0
    mov dx, 0x20
    mov al, 0x11
    out 0x20, al
    mov al, 8
    out 0x21, al
    mov al, 4
    out 0x21, al
    mov al, 1
    out 0x21, al
    mov al, 0xfd
    out 0x21, al
    sti
again: WAIT
    jmp again
handler:
    mov al, 0
    out 0xf4, al
    hlt`;
/** Turns the mouse on, and ends with its first interrupt. */
const MOUSE = `
    cli
    xor ax, ax
    mov ds, ax
    mov word [0x74 * 4], handler
    mov word [0x74 * 4 + 2], 0
    mov al, 0x11
    out 0x20, al
    out 0xa0, al
    mov al, 8
    out 0x21, al
    mov al, 0x70
    out 0xa1, al
    mov al, 4
    out 0x21, al
    mov al, 2
    out 0xa1, al
    mov al, 1
    out 0x21, al
    out 0xa1, al
    mov al, 0xfb
    out 0x21, al
    mov al, 0xef
    out 0xa1, al
    mov al, 0xd4
    out 0x64, al
    mov al, 0xf4
    out 0x60, al
    in al, 0x60
    mov al, 0x60
    out 0x64, al
    mov al, 0x47
    out 0x60, al
    sti
again: WAIT
    jmp again
handler:
    mov al, 0
    out 0xf4, al
    hlt`;
const SOURCES: Record<string, string> = {
  'text.asm': `${HEAD}${PRINT}
    mov word [es:160], 0x1e00 + '!'
    cli
    hlt`,
  'end.asm': `${HEAD}${PRINT}
    mov al, 0
    out 0xf4, al
    hlt`,
  'waiting.asm': `${HEAD}%define WAIT hlt${KEY}`,
  'spinning.asm': `${HEAD}%define WAIT nop${KEY}`,
  'mouse.asm': `${HEAD}%define WAIT hlt${MOUSE}`,
  'endless.asm': `${HEAD}${PRINT}
again: jmp again`,
  'blank.asm': `${HEAD}
    mov ax, 0xb800
    mov es, ax
    mov di, 0
    mov cx, 2000
    mov ax, 0x0720
    rep stosw
again: jmp again`,
  // Mode 13h as far as a picture needs it; a pixel; and then another for each key.
  'graphics.asm': `${HEAD}
%macro put 3
    mov dx, %1
    mov ax, %2 | %3 << 8
    out dx, ax
%endmacro
    put 0x3c4, 2, 0x0f
    put 0x3c4, 4, 0x0e
    put 0x3ce, 5, 0x40
    put 0x3ce, 6, 5
    put 0x3d4, 9, 0x41
    put 0x3d4, 0x14, 0x40
    put 0x3d4, 0x17, 0xa3
    mov ax, 0xa000
    mov es, ax
    mov di, 0
    sti
next:
    mov byte [es:di], 4
    add di, 320 * 3
wait_for_key:
    in al, 0x64
    test al, 1
    jz wait_for_key
    in al, 0x60
    out 0xe9, al
    jmp next`,
};

const ask = (client: InlineClient, revision?: number): Promise<ScreenResponse> =>
  client.ask<ScreenResponse>('ringside/screen', { ...(revision !== undefined && { revision }) });

async function text(client: InlineClient): Promise<TextScreenBody> {
  const { screen } = await ask(client);
  assert.ok(screen?.kind === 'text');
  return screen;
}

/** Asks again until the screen is as wanted. */
async function until(client: InlineClient, wanted: (screen: Screen) => boolean): Promise<Screen> {
  for (;;) {
    const { screen } = await ask(client);
    assert.ok(screen);
    const found = screenFrom(screen);
    if (wanted(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether the left pixel of a line of the picture is red. */
function isRed(screen: Screen, line: number): boolean {
  return screen.kind === 'graphics' && screen.rgba[line * screen.width * 4] === 0xaa;
}

for (const monitor of ['vtx', 'none']) {
  describe(`the guest's screen (monitor: ${monitor})`, () => {
    let client: InlineClient;
    beforeEach(() => (client = new InlineClient(SOURCES)));
    afterEach(() => client.ask('disconnect'));

    it('shows at each stop what is there now, and what has not changed only once', async () => {
      await client.start('text.asm', { monitor });
      const { revision } = await ask(client);
      assert.deepEqual(await ask(client, revision), { revision, mouse: false });
      assert.equal((await text(client)).lines.join(''), '');
      for (let n = 0; n < 4; n++) await client.run('next');
      const { lines, columns, rows } = await text(client);
      assert.deepEqual([columns, rows, lines[0], lines[1]], [80, 25, 'Hi', '']);
      await client.run('next');
      assert.equal((await text(client)).lines[1], '!');
    });

    it('tells once that the guest uses it, and not when it is only cleared', async () => {
      await client.start('endless.asm', { monitor });
      await client.ask('continue', { threadId: 1 });
      assert.deepEqual(await client.event<ScreenEventBody>('ringside/screen'), {});
      await until(client, (screen) => textOf(screen)[0] === 'Hi');
      await client.run('pause');
      assert.ok(client.events.every(({ event }) => event !== 'ringside/screen'));
      await client.ask('restart', { arguments: { program: 'blank.asm', memory: '2M', monitor } });
      await client.event('stopped');
      await client.ask('continue', { threadId: 1 });
      await until(client, ({ kind }) => kind === 'text');
      await client.run('pause');
      assert.ok(client.events.every(({ event }) => event !== 'ringside/screen'));
    });

    it('is printed as text', async () => {
      await client.start('text.asm', { monitor });
      await client.ask('continue', { threadId: 1 });
      let printed = '';
      while (!printed.endsWith('!\n')) {
        const { category, output } = await client.event<{ category: string; output: string }>(
          'output',
        );
        if (category === 'stdout') printed += output;
      }
      assert.equal(printed, 'Hi\n!\n');
    });

    it('leaves its last screen when the guest ends', async () => {
      await client.start('end.asm', { monitor });
      await client.ask('continue', { threadId: 1 });
      assert.deepEqual(await client.event<ScreenEventBody>('ringside/screen'), {});
      const { screen } = await client.event<ScreenEventBody>('ringside/screen');
      assert.ok(screen?.kind === 'text');
      assert.equal(screen.lines[0], 'Hi');
      await client.event('terminated');
    });

    it('shows graphics, and keys reach a guest that runs', async () => {
      await client.start('graphics.asm', { monitor });
      await client.ask('continue', { threadId: 1 });
      await client.event('ringside/screen');
      const before = await until(client, (screen) => isRed(screen, 0));
      const { revision } = await ask(client);
      assert.equal(isRed(before, 3), false);
      await client.ask('ringside/keys', { keys: [{ code: 'KeyA', down: true }] });
      const after = await until(client, (screen) => isRed(screen, 3));
      const change = bodyOf(after, before);
      assert.ok(change.kind === 'graphics');
      assert.deepEqual([change.first, change.count], [3, 1]);
      assert.ok((await ask(client, revision)).screen);
      await client.ask('ringside/keys', { text: 'B' });
      await until(client, (screen) => isRed(screen, 15));
      const printed = client.events.flatMap(({ event, body }) =>
        event === 'output' ? [(body as { output: string }).output] : [],
      );
      // Set 1: A pressed; Shift, B and both up again.
      assert.deepEqual(
        [...printed.join('')].map((character) => character.charCodeAt(0)).slice(0, 3),
        [0x1e, 0x2a, 0x30],
      );
    });

    it('the mouse interrupts once the guest has turned it on', async () => {
      const move = { dx: 1, dy: -1, buttons: 1 };
      await client.start('mouse.asm', { monitor });
      assert.deepEqual(await client.ask('ringside/mouse', move), { listens: false });
      await client.ask('continue', { threadId: 1 });
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal((await ask(client)).mouse, true);
      assert.deepEqual(await client.ask('ringside/mouse', move), { listens: true });
      await client.event('terminated');
    });

    for (const program of ['waiting.asm', 'spinning.asm']) {
      for (const args of [{ text: 'x' }, { keys: [{ code: 'KeyX', down: true }] }]) {
        it(`keys interrupt ${program}: ${Object.keys(args).join()}`, async () => {
          await client.start(program, { monitor });
          await client.ask('continue', { threadId: 1 });
          await new Promise((resolve) => setTimeout(resolve, 100));
          await client.ask('ringside/keys', args);
          await client.event('terminated');
        });
      }
    }
  });
}
