import assert from 'node:assert/strict';
import { InlineClient } from '../inline-client.testing';
import { CustomRequest, type WorldResponse } from '../protocol';

const SOURCE = `
        bits 16
        org 0x7c00
        xor ax, ax
        mov dx, 0x3f8
        out dx, al
        nop
        cpuid
        nop
        out dx, al
        mov dx, 0xf4
        out dx, al`;

describe('the next VM exit', () => {
  const start = async (monitor: string): Promise<InlineClient> => {
    const client = new InlineClient({ 'kernel.asm': SOURCE });
    await client.start('kernel.asm', { monitor });
    return client;
  };

  for (const [monitor, side] of [
    ['vtx', 'monitor'],
    ['svm', 'monitor'],
  ] as const) {
    it(`stops in the monitor, before it has done anything (${monitor})`, async () => {
      const client = await start(monitor);
      for (const reason of [/I\/O|IOIO/i, /CPUID/]) {
        await client.run(CustomRequest.NEXT_EXIT);
        const world = await client.ask<WorldResponse>(CustomRequest.WORLD);
        assert.equal(world.side, side);
        assert.match(world.text, reason);
      }
    });
  }

  it('leaves alone what else was asked for: the guest is then let run to its end', async () => {
    const client = await start('vtx');
    await client.run(CustomRequest.NEXT_EXIT);
    await client.ask('continue', {});
    await client.event('terminated');
  });
});
