import assert from 'node:assert/strict';
import { InlineClient } from '../inline-client.testing';
import { PastRequest, type CoverageResponse, type MomentsResponse } from './protocol';

const PROGRAM = `
org 0x7c00
bits 16
%macro either 1
        test ax, ax
        jz %%else
        inc %1
%%else:
%endmacro
start:  xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7000
        mov word [6 * 4], invalid
        mov word [6 * 4 + 2], 0
        jmp 0:behind
        nop             ; never
behind: ud2
        mov bx, 1       ; never, though it is decoded
invalid:
        mov ecx, 50000
again:  loop again
        either dx
        mov ax, 1
        either dx
        cpuid
last:   mov si, 1
        hlt             ; not yet
`;

const WANTED = PROGRAM.split('\n').flatMap((text, n) =>
  /never|not yet|^last/.test(text) ? [n + 1] : [],
);

/** All ways whose past is recorded. */
const MONITORS = ['none', 'vtx', 'svm', 'emulate', 'deprivilege', 'paravirt'];

describe('which lines were executed', () => {
  for (const monitor of MONITORS) {
    it(`is known to the line, under ${monitor}, and leaves the session where it was`, async () => {
      const client = new InlineClient({ 'kernel.asm': PROGRAM });
      await client.start('kernel.asm', { monitor });
      await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'last' }] });
      await client.run('continue');
      const before = await client.ask<MomentsResponse>(PastRequest.MOMENTS);
      const { files } = await client.ask<CoverageResponse>(PastRequest.COVERAGE);
      assert.deepEqual(
        files.map(({ source }) => source.path),
        ['kernel.asm'],
      );
      const lines = files[0]?.lines ?? [];
      assert.equal(lines.length, 21);
      assert.deepEqual(
        lines.filter(({ executed }) => !executed).map(({ line }) => line),
        WANTED,
      );
      assert.deepEqual(await client.ask(PastRequest.MOMENTS), before);
      assert.equal(
        (await client.topFrame()).line,
        PROGRAM.split('\n').indexOf('last:   mov si, 1') + 1,
      );
      await client.run('next');
      assert.equal(await client.evaluate('si'), '0x1');
    });
  }

  it('is refused where nothing is recorded', async () => {
    const client = new InlineClient({ 'kernel.asm': PROGRAM });
    await client.start('kernel.asm', { monitor: 'vtx', historyMemory: 0 });
    await assert.rejects(client.ask(PastRequest.COVERAGE), /not recorded/);
  });

  it('can be called off', async () => {
    const client = new InlineClient({
      'kernel.asm':
        'org 0x7c00\nbits 16\n mov ecx, 60000000\nagain: dec ecx\n jnz again\nlast: hlt\n',
    });
    await client.start('kernel.asm', { monitor: 'none' });
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'last' }] });
    await client.run('continue');
    const asked = assert.rejects(client.ask(PastRequest.COVERAGE), /called off/);
    await client.ask('pause', { threadId: 1 });
    await asked;
    assert.equal((await client.topFrame()).line, 6);
  });
});
