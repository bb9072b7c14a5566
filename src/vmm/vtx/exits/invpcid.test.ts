import assert from 'node:assert/strict';
import { LONG } from '../../../machine/long-mode.testing';
import { runGuest } from '../../guest.testing';
import { printed } from './printed.testing';

/** INVPCID, and what the guest is not told to have. */

const invpcid = (type: number): string => `mov eax, ${String(type)}
        mov qword [0x9000], 0
        mov qword [0x9008], 0x3000
        invpcid rax, [0x9000]`;

describe('INVPCID under the monitor', () => {
  it('exits with INVLPG exiting, and is done in software', async () => {
    const { exits, why } = await runGuest(LONG(invpcid(0)), { intercepts: ['invlpg'] });
    assert.deepEqual([exits.slice(-2), why], [['INVPCID', 'HLT'], 'halted']);
  });

  it('raises #GP(0) as on the processor', async () => {
    const source = LONG(invpcid(4));
    const { exits } = await runGuest(source, { intercepts: ['invlpg'] });
    assert.deepEqual(exits.slice(-3), ['INVPCID', 'IO_INSTRUCTION', 'HLT']);
    for (const monitor of ['none', 'vtx'] as const)
      assert.equal(await printed(source, monitor), 'G end', monitor);
  });

  it('does not exit without it', async () => {
    const { exits } = await runGuest(LONG(invpcid(2)), { intercepts: [] });
    assert.equal(exits.includes('INVPCID'), false);
  });
});

it('a guest under the monitor is told of no MONITOR, and has none', async () => {
  const source = LONG(`mov eax, 1
        cpuid
        test ecx, 1 << 3
        jz .none
        mov al, 'm'
        out 0xe9, al
        hlt
.none:  monitor`);
  const { exits } = await runGuest(source);
  assert.equal(exits.includes('MONITOR'), true);
  assert.equal(await printed(source, 'none'), 'm end');
});
