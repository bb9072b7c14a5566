import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InlineClient } from './inline-client.testing';

const PROGRAM = `
org 0x7c00
bits 16
start:  xor eax, eax
        mov ss, ax
        mov sp, 0x7000
        mov ebx, 5
again:  call twice
        mov [0x600], eax
        dec ebx
        jnz again
        cpuid
        mov al, 3
        out 0xf4, al
twice:  inc eax
        inc eax
        ret
`;
const lineOf = (text: string): number =>
  PROGRAM.split('\n').findIndex((line) => line.includes(text)) + 1;

type Stack = DebugProtocol.StackTraceResponse['body'];

describe('going back', () => {
  let client: InlineClient;

  const top = async (): Promise<DebugProtocol.StackFrame> => {
    const [frame] = (await client.ask<Stack>('stackTrace', { threadId: 1 })).stackFrames;
    assert.ok(frame);
    return frame;
  };
  const line = async (): Promise<number> => (await top()).line;
  const value = async (expression: string): Promise<string> =>
    client.evaluate(expression, (await top()).id);
  const breakAt = (...texts: string[]) =>
    client.ask('setBreakpoints', {
      source: { path: 'kernel.asm' },
      breakpoints: texts.map((text) => ({ line: lineOf(text) })),
    });
  const go = (command: string) => client.run(command);

  for (const monitor of ['none', 'vtx', 'svm', 'emulate', 'deprivilege', 'paravirt']) {
    it(`steps back over a call and out of a loop, under ${monitor}`, async () => {
      client = new InlineClient({ 'kernel.asm': PROGRAM });
      await client.start('kernel.asm', { monitor });
      await breakAt('dec ebx');
      await go('continue');
      await go('continue');
      assert.equal(await line(), lineOf('dec ebx'));
      assert.match(await value('eax'), /4/);
      await go('stepBack');
      assert.equal(await line(), lineOf('mov [0x600]'));
      await go('stepBack');
      assert.equal(await line(), lineOf('call twice'));
      assert.match(await value('eax'), /2/);
      await go('stepBack');
      assert.equal(await line(), lineOf('jnz again'));
      await go('next');
      await go('next');
      assert.equal(await line(), lineOf('mov [0x600]'));
      assert.match(await value('eax'), /4/);
    });

    it(`runs back to breakpoints and to the beginning, under ${monitor}`, async () => {
      client = new InlineClient({ 'kernel.asm': PROGRAM });
      await client.start('kernel.asm', { monitor });
      await breakAt('cpuid');
      await go('continue');
      assert.equal(await line(), lineOf('cpuid'));
      await breakAt('ret');
      await go('reverseContinue');
      assert.deepEqual([await line(), (await value('ebx')).slice(-1)], [lineOf('ret'), '1']);
      await go('reverseContinue');
      assert.deepEqual([await line(), (await value('ebx')).slice(-1)], [lineOf('ret'), '2']);
      await breakAt();
      await go('reverseContinue');
      assert.equal(await line(), lineOf('start:'));
    });
  }
});
