import assert from 'node:assert/strict';
import { InlineClient } from '../inline-client.testing';

/** Sleeps for a number of the timer's interrupts, 18.2 a second, and ends. */
const sleeper = (ticks: number): string => `
    bits 16
    org 0x7c00
    sti
    mov cx, ${String(ticks)}
again:
    hlt
    loop again
    mov al, 0
    out 0xf4, al
    times 510 - ($ - $$) db 0
    dw 0xaa55`;
/** Waits in a loop until the BIOS has counted so many. */
const spinner = (ticks: number): string => `
    bits 16
    org 0x7c00
    mov ax, 0x40
    mov ds, ax
    sti
    mov ax, [0x6c]
    add ax, ${String(ticks)}
again:
    times 200 nop ; so that it would be sooner without a pace
    cmp [0x6c], ax
    jne again
    mov al, 0
    out 0xf4, al
    times 510 - ($ - $$) db 0
    dw 0xaa55`;
const TICK = 1000 / 18.2;

for (const monitor of ['vtx', 'none']) {
  describe(`the guest's time (monitor: ${monitor})`, () => {
    let client: InlineClient;

    afterEach(() => client.ask('disconnect'));

    async function millisecondsOf(source: string, args: object, attended = false): Promise<number> {
      client = new InlineClient({ 'a.asm': source });
      await client.start('a.asm', { monitor, ...args });
      if (attended) await client.ask('ringside/attended', { attended });
      const begun = performance.now();
      await client.ask('continue', { threadId: 1 });
      await client.event('terminated');
      return performance.now() - begun;
    }

    it('a guest that sleeps does so as long as on a machine of its own', async () => {
      // The first interrupt may be there soon, and the guest may lag behind a little.
      assert.ok((await millisecondsOf(sleeper(10), {})) > 7 * TICK);
    });

    it('or not at all', async function () {
      this.timeout(20_000); // in real time it would be 55 seconds
      await millisecondsOf(sleeper(1000), { time: 'fast' });
    });

    it('while a person plays, a loop that waits takes its time', async () => {
      assert.ok((await millisecondsOf(spinner(30), {}, true)) > 26 * TICK);
    });

    it('also after it was started anew', async () => {
      client = new InlineClient({ 'a.asm': spinner(30) });
      await client.start('a.asm', { monitor });
      await client.ask('ringside/attended', { attended: true });
      await client.ask('restart', { arguments: { program: 'a.asm', memory: '2M', monitor } });
      await client.event('stopped');
      const begun = performance.now();
      await client.ask('continue', { threadId: 1 });
      await client.event('terminated');
      assert.ok(performance.now() - begun > 26 * TICK);
    });

    it('a pause comes at once', async () => {
      client = new InlineClient({ 'a.asm': sleeper(60_000) });
      await client.start('a.asm', { monitor });
      await client.ask('continue', { threadId: 1 });
      await new Promise((resolve) => setTimeout(resolve, 100));
      await client.run('pause');
    });
  });
}
