import assert from 'node:assert/strict';
import { CS, SS } from '../state/layout';
import { raised, realMode } from '../modes.testing';
import type { Processor } from '../processor';
import { deliverEvent } from './deliver';

const EVENT = { kind: 'external-interrupt', vector: 0x20, returnRip: 0x1234n } as const;

/** An interrupt vector table whose entry 0x20 is 0x5678:0x9abc; the stack is at 0x2000:SP. */
function prepared(sp: bigint): Processor {
  const cpu = realMode();
  cpu.physical.write32(0x80, 0x56789abc);
  cpu.state.setSegment(CS, { ...cpu.state.segment(CS), selector: 0x1000, base: 0x10000n });
  cpu.state.setSegment(SS, { ...cpu.state.segment(SS), selector: 0x2000, base: 0x20000n });
  cpu.state.setGpr(4, 0xaaaa0000n | sp);
  cpu.state.rflags = 0x47302n; // AC, NT, IOPL 3, IF, TF
  cpu.updateDerivedState();
  return cpu;
}

describe('delivery in real-address mode (SDM 3B 21.1.4)', () => {
  it('pushes FLAGS, CS and IP, clears IF, TF and AC, and goes to the vector’s far pointer', () => {
    const cpu = prepared(0x100n);
    deliverEvent(cpu, EVENT);
    const { state, physical } = cpu;
    const words = [0, 2, 4].map((n) => physical.read16(0x200fa + n));
    assert.deepEqual(words, [0x1234, 0x1000, 0x7302]);
    assert.equal(state.gpr(4), 0xaaaa00fan);
    assert.deepEqual([state.selector(CS), state.segment(CS).base], [0x5678, 0x56780n]);
    assert.equal(state.rip, 0x9abcn);
    assert.equal(state.rflags, 0x7002n);
  });

  it('pushes no error code', () => {
    const cpu = prepared(0x100n);
    deliverEvent(cpu, { ...EVENT, kind: 'hardware-exception', errorCode: 0x18 });
    assert.equal(cpu.state.gpr(4), 0xaaaa00fan);
  });

  it('wraps SP from 0 to the end of the segment', () => {
    const cpu = prepared(0n);
    deliverEvent(cpu, EVENT);
    assert.equal(cpu.state.gpr(4), 0xaaaafffan);
    assert.equal(cpu.physical.read16(0x2fffa), 0x1234);
  });

  it('raises #SS where a word would cross the end of the segment (SDM 2A INT n)', () => {
    for (const sp of [1n, 3n, 5n]) {
      assert.equal(
        raised(() => {
          deliverEvent(prepared(sp), EVENT);
        }),
        '#SS(0)',
      );
    }
  });

  it('raises #GP for a vector beyond the limit of the IDTR', () => {
    const cpu = prepared(0x100n);
    cpu.state.idtr = { base: 0n, limit: 0x82 };
    assert.equal(
      raised(() => {
        deliverEvent(cpu, EVENT);
      }),
      '#GP(0)',
    );
    cpu.state.idtr = { base: 0n, limit: 0x83 };
    assert.equal(
      raised(() => {
        deliverEvent(cpu, EVENT);
      }),
      'nothing',
    );
  });
});
