import assert from 'node:assert/strict';
import { kernel32 } from '../../session/kernels.testing';
import { InlineClient } from '../inline-client.testing';
import { CustomRequest, type ViewResponse } from '../protocol';

const SOURCE = kernel32(`
        mov ecx, 3
again:  stc
        pushf
.cli:   cli
.popf:  popf
        call routine
        dec ecx
        jnz again
        jmp ended
routine: inc ebx
        ret
ended:  sgdt [0x6000]`);

const lineOf = (text: string): number =>
  SOURCE.split('\n').findIndex((line) => line.includes(text)) + 1;

type Node = ViewResponse['nodes'][number];

describe('a guest whose kernel is translated, in a debugger', () => {
  let client: InlineClient;

  const below = async (node?: string): Promise<readonly Node[]> => {
    const args = { view: 'translationCache', frameId: (await client.topFrame()).id, node };
    return (await client.ask<ViewResponse>(CustomRequest.VIEW, args)).nodes;
  };

  /** What comes next in the cache, of the instructions that stand for the present one of the guest. */
  const next = async (): Promise<string | undefined> => {
    for (const block of (await below()).filter(({ id }) => id.startsWith('here/'))) {
      for (const instruction of await below(block.id)) {
        if (instruction.icon !== 'debug-stackframe') continue;
        const emitted = instruction.children === 'none' ? [] : await below(instruction.id);
        return emitted.find(({ icon }) => icon === 'arrow-right')?.label ?? instruction.label;
      }
    }
    return undefined;
  };

  const runTo = async (line: number): Promise<void> => {
    const source = { path: 'kernel.asm' };
    await client.ask('setBreakpoints', { source, breakpoints: [{ line }] });
    await client.run('continue');
    assert.equal((await client.topFrame()).line, line);
  };

  beforeEach(async () => {
    client = new InlineClient({ 'kernel.asm': SOURCE });
    await client.start('kernel.asm', { monitor: 'translate' });
  });

  it('stops at breakpoints in its own code, each time that it comes there', async () => {
    await runTo(lineOf('.cli:'));
    assert.equal(await client.evaluate('ecx'), '0x3');
    await client.run('continue');
    assert.equal(await client.evaluate('ecx'), '0x2');
    assert.equal((await client.topFrame()).line, lineOf('.cli:'));
  });

  it('steps by instructions of its own', async () => {
    await runTo(lineOf('again:'));
    const lines: number[] = [];
    for (let n = 0; n < 4; n++) {
      await client.run('next', { granularity: 'instruction' });
      lines.push((await client.topFrame()).line);
    }
    const first = lineOf('again:');
    assert.deepEqual(lines, [first + 1, first + 2, first + 3, first + 4]);
    await client.run('next', { granularity: 'instruction' });
    assert.equal((await client.topFrame()).line, first + 5, 'over the call');
  });

  it('shows what stands for an instruction, and goes through it', async () => {
    await runTo(lineOf('.popf:'));
    const before = await client.evaluate('ecx');
    const emitted: (string | undefined)[] = [];
    for (let n = 0; n < 20 && (await client.topFrame()).line === lineOf('.popf:'); n++) {
      emitted.push(await next());
      assert.equal(await client.evaluate('ecx'), before, 'the guest’s own, though ECX is used');
      await client.run(CustomRequest.STEP_TRANSLATED);
    }
    assert.equal(emitted.length, 8, emitted.join('\n'));
    assert.match(emitted[0] ?? '', /^mov .*ecx$/);
    assert.ok(emitted.some((text) => text?.startsWith('jecxz')));
    assert.equal(emitted.at(-1), 'popf');
    assert.equal((await client.topFrame()).line, lineOf('.popf:') + 1);
  });

  it('enters the monitor where the translation calls it', async () => {
    await runTo(lineOf('sgdt'));
    await client.run(CustomRequest.STEP_TRANSLATED);
    const { source, name } = await client.topFrame();

    assert.match(source?.path ?? name, /vmm\/translate\/handlers\/trap\.ts|handleTrap/);
  });
});
