import assert from 'node:assert/strict';
import { CS, SS, TR } from '../state/layout';
import { IDT, longMode, raised, Sel, setRing, stack, TSS } from '../modes.testing';
import type { Processor } from '../processor';
import { deliverEvent } from './deliver';
import type { InterruptEvent } from './event';

/** Delivery in IA-32e mode (SDM 3A 6.14). */

const INTERRUPT: InterruptEvent = { kind: 'external-interrupt', vector: 0x20, returnRip: 0x8007n };
const SOFTWARE: InterruptEvent = { ...INTERRUPT, kind: 'software-interrupt' };

interface Gate {
  readonly access?: number;
  readonly selector?: number;
  readonly ist?: number;
  readonly high?: bigint;
}

/** Vector 0x20 leads to 0xffff800012345678; RSP0 is 0x6000, IST1 0x5000. */
function prepared(ring: 0 | 3, gate: Gate = {}): Processor {
  const { access = 0x8e, selector = Sel.CODE_64, ist = 0, high = 0xffff8000n } = gate;
  const cpu = longMode();
  const { physical, state } = cpu;
  const low = (BigInt(access) << 40n) | (BigInt(ist) << 32n) | (BigInt(selector) << 16n);
  physical.write64(IDT + 0x200, 0x1234000000005678n | low);
  physical.write64(IDT + 0x208, high);
  physical.write64(TSS + 4, 0x6000n);
  physical.write64(TSS + 0x24, 0x5000n);
  state.rflags = 0x4302n; // NT, IF, TF
  setRing(cpu, ring);
  return cpu;
}

describe('delivery in IA-32e mode', () => {
  it('in the same ring aligns RSP to 16 bytes, and pushes SS:RSP all the same', () => {
    const cpu = prepared(0);
    cpu.state.setGpr(4, 0x700dn);
    deliverEvent(cpu, INTERRUPT);
    assert.deepEqual(stack(cpu, 5, 8), [0x8007n, 0x28n, 0x4302n, 0x700dn, 0x10n]);
    assert.equal(cpu.state.gpr(4), 0x6fd8n);
    assert.equal(cpu.state.rip, 0xffff800012345678n);
    assert.equal(cpu.state.rflags, 0x2n);
    assert.equal(cpu.state.selector(SS), 0x10);
  });

  it('from ring 3 takes RSP0 and a null SS', () => {
    const cpu = prepared(3);
    deliverEvent(cpu, { ...INTERRUPT, kind: 'hardware-exception', errorCode: 0x18 });
    assert.deepEqual(stack(cpu, 6, 8), [0x18n, 0x8007n, 0x33n, 0x14302n, 0x7000n, 0x23n]);
    const { state } = cpu;
    assert.deepEqual([state.cpl, state.selector(CS), state.selector(SS)], [0, 0x28, 0]);
    assert.equal(state.gpr(4), 0x5fd0n);
  });

  it('takes a stack of the interrupt stack table in any ring (SDM 3A 6.14.5)', () => {
    for (const ring of [0, 3] as const) {
      const cpu = prepared(ring, { ist: 1 });
      deliverEvent(cpu, INTERRUPT);
      assert.equal(cpu.state.gpr(4), 0x4fd8n);
    }
  });

  it('by a trap gate leaves IF', () => {
    const cpu = prepared(0, { access: 0x8f });
    deliverEvent(cpu, INTERRUPT);
    assert.equal(cpu.state.rflags, 0x202n);
  });

  const cases: readonly (readonly [string, InterruptEvent, 0 | 3, Gate, string])[] = [
    ['a task gate', INTERRUPT, 0, { access: 0x85 }, '#GP(103)'],
    ['a call gate', INTERRUPT, 0, { access: 0x8c }, '#GP(103)'],
    ['a 16-bit interrupt gate', INTERRUPT, 0, { access: 0x86 }, '#GP(103)'],
    ['a task gate that is not present', INTERRUPT, 0, { access: 0x05 }, '#GP(103)'],
    ['INT n to a gate of ring 0', SOFTWARE, 3, {}, '#GP(102)'],
    ['not present', INTERRUPT, 0, { access: 0x0e }, '#NP(103)'],
    ['32-bit code', INTERRUPT, 0, { selector: Sel.CODE }, '#GP(9)'],
    ['L and D both set', SOFTWARE, 0, { selector: Sel.CODE_L_AND_D }, '#GP(68)'],
    ['a null selector', INTERRUPT, 0, { selector: 0 }, '#GP(1)'],
    ['a non-canonical entry point', INTERRUPT, 0, { high: 0x8000n }, '#GP(1)'],
  ];
  for (const [what, event, ring, gate, exception] of cases) {
    it(`${what}: ${exception}`, () => {
      const cpu = prepared(ring, gate);
      assert.equal(
        raised(() => {
          deliverEvent(cpu, event);
        }),
        exception,
      );
      assert.deepEqual([cpu.state.gpr(4), cpu.state.cpl], [0x7000n, ring]);
    });
  }

  it('finds RSP0 beyond the TSS: #TS with the selector of TR', () => {
    const cpu = prepared(3);
    cpu.state.setSegment(TR, { ...cpu.state.segment(TR), limit: 10 });
    assert.equal(
      raised(() => {
        deliverEvent(cpu, INTERRUPT);
      }),
      '#TS(61)',
    );
  });

  it('finds a non-canonical RSP0: #SS(EXT)', () => {
    const cpu = prepared(3);
    cpu.physical.write64(TSS + 4, 0x800000000000n);
    assert.equal(
      raised(() => {
        deliverEvent(cpu, INTERRUPT);
      }),
      '#SS(1)',
    );
  });
});
