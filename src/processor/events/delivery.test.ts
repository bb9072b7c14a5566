import assert from 'node:assert/strict';
import { TripleFault, generalProtection } from '../faults';
import { doubleFault } from '../reasons/events';
import { IDT, longMode, Sel, TSS } from '../modes.testing';
import type { Processor } from '../processor';
import { EventDelivery } from './delivery';
import { externalBit, makesDoubleFault, type EventKind, type InterruptEvent } from './event';

const FAULT: InterruptEvent = {
  kind: 'hardware-exception',
  vector: 13,
  errorCode: 0x18,
  returnRip: 0x8000n,
};
const [DE, NM, GP, PF] = [0, 7, 13, 14];

describe('double faults (SDM 3A table 6-5)', () => {
  const cases = [
    // first, second, double fault
    [NM, GP, false],
    [NM, PF, false],
    [GP, NM, false],
    [GP, GP, true],
    [DE, GP, true],
    [GP, PF, false],
    [PF, GP, true],
    [PF, PF, true],
    [PF, NM, false],
  ] as const;
  for (const [first, second, double] of cases) {
    it(`${String(first)}, then ${String(second)}: ${double ? 'double fault' : 'one after the other'}`, () => {
      assert.equal(makesDoubleFault(first, second), double);
    });
  }
});

it('INT n, INT3 and INTO are no external events: EXT is 0 (SDM 3A 6.13)', () => {
  const kinds: readonly EventKind[] = [
    'external-interrupt',
    'NMI',
    'hardware-exception',
    'privileged-software-exception',
    'software-interrupt',
    'software-exception',
  ];
  const bits = kinds.map((kind) => externalBit({ ...FAULT, kind }));
  assert.deepEqual(bits, [1, 1, 1, 1, 0, 0]);
});

describe('the delivery of events', () => {
  let cpu: Processor;
  let vectors: number[];

  /** An IDT in which only these vectors have a gate, to 0x9000 + vector. */
  function delivery(...present: number[]): EventDelivery {
    cpu = longMode();
    cpu.physical.write64(TSS + 4, 0x6000n);
    for (const vector of present) {
      cpu.physical.write64(
        IDT + 16 * vector,
        0x00008e0000009000n | BigInt(vector | (Sel.CODE_64 << 16)),
      );
    }
    vectors = [];
    cpu.observer = { delivered: ({ vector }) => vectors.push(vector) };
    return new EventDelivery(cpu);
  }

  it('leads to the handler', () => {
    delivery(13).deliver(FAULT, false);
    assert.deepEqual([vectors, cpu.state.rip], [[13], 0x900dn]);
  });

  it('puts the linear address of a page fault into CR2', () => {
    delivery(14).deliver({ ...FAULT, vector: 14, address: 0x1234n }, false);
    assert.equal(cpu.state.cr2, 0x1234n);
  });

  it('of a benign exception may fault: that fault is delivered, with an error code that names the IDT', () => {
    delivery(11, 13).deliver({ ...FAULT, vector: 7, errorCode: undefined }, false);
    assert.deepEqual(vectors, [13]);
    assert.equal(cpu.physical.read64(Number(cpu.state.gpr(4))), 0x3bn);
  });

  it('of a contributory exception with a second one makes a double fault, with error code 0', () => {
    delivery(8).deliver({ ...FAULT, vector: 13 }, false);
    assert.deepEqual(vectors, [8]);
    assert.equal(cpu.physical.read64(Number(cpu.state.gpr(4))), 0n);
  });

  it('of an external interrupt never makes a double fault by its first exception', () => {
    delivery(13).deliver({ kind: 'external-interrupt', vector: 8, returnRip: 0x8000n }, false);
    assert.deepEqual(vectors, [13]);
  });

  it('of a double fault with a third one shuts down, and tells all of them', () => {
    const subject = delivery();
    assert.throws(
      () => {
        subject.deliver(FAULT, false);
      },
      (thrown) => {
        assert.ok(thrown instanceof TripleFault);
        assert.deepEqual(
          thrown.chain.map(({ vector }) => vector).filter((v) => v !== 8),
          [13, 13, 13],
        );
        return true;
      },
    );
    assert.equal(subject.inProgress, undefined);
  });

  it('carries no error code in real mode (SDM 3B 21.1.4)', () => {
    const subject = delivery();
    const fault = generalProtection(doubleFault());
    assert.equal(subject.eventOf(fault).errorCode, 0);
    cpu.state.cr0 = 0n;
    assert.equal(subject.eventOf(fault).errorCode, undefined);
  });
});
