import assert from 'node:assert/strict';
import { CS, SS, TR } from '../state/layout';
import { GDT, IDT, protectedMode, raised, Sel, setRing, stack, TSS } from '../modes.testing';
import type { Processor } from '../processor';
import { deliverEvent } from './deliver';
import type { InterruptEvent } from './event';

/** Delivery through the IDT of protected mode (SDM 3A 6.12.1; 2A INT n, "Operation"). */

const GATE32 = { INTERRUPT: 0x8e, TRAP: 0x8f, USER: 0xee } as const;
const RETURN = 0x8007n;
const INTERRUPT: InterruptEvent = { kind: 'external-interrupt', vector: 0x20, returnRip: RETURN };
const SOFTWARE: InterruptEvent = { ...INTERRUPT, kind: 'software-interrupt' };
const FAULT: InterruptEvent = { ...INTERRUPT, kind: 'hardware-exception', errorCode: 0x18 };

/** Vector 0x20 leads to 0x12345678 by a gate with this access byte; ring 0's stack ends at 0x6000. */
function prepared(ring: 0 | 3, access: number, selector: number = Sel.CODE): Processor {
  const cpu = protectedMode();
  const { physical, state } = cpu;
  const low = (BigInt(access) << 40n) | (BigInt(selector) << 16n);
  physical.write64(IDT + 0x100, 0x1234000000005678n | low);
  physical.write32(TSS + 4, 0x6000);
  physical.write32(TSS + 8, Sel.DATA);
  state.rflags = 0x47302n; // AC, NT, IOPL 3, IF, TF
  setRing(cpu, ring);
  return cpu;
}

describe('delivery in protected mode', () => {
  it('in the same ring pushes EFLAGS, CS and EIP', () => {
    const cpu = prepared(0, GATE32.INTERRUPT);
    deliverEvent(cpu, INTERRUPT);
    assert.deepEqual(stack(cpu, 3, 4), [RETURN, 8n, 0x47302n]);
    assert.equal(cpu.state.gpr(4), 0x6ff4n);
    assert.equal(cpu.state.rip, 0x12345678n);
  });

  it('from ring 3 takes SS0:ESP0, and pushes the old SS and ESP first', () => {
    const cpu = prepared(3, GATE32.INTERRUPT);
    deliverEvent(cpu, INTERRUPT);
    assert.deepEqual(stack(cpu, 5, 4), [RETURN, 0x1bn, 0x47302n, 0x7000n, 0x23n]);
    const { state } = cpu;
    assert.deepEqual([state.cpl, state.selector(CS), state.selector(SS)], [0, 8, 0x10]);
    assert.equal(state.gpr(4), 0x5fecn);
  });

  it('of a fault pushes an error code, and RF in EFLAGS (SDM 3B 18.3.1.1)', () => {
    const cpu = prepared(0, GATE32.INTERRUPT);
    deliverEvent(cpu, FAULT);
    assert.deepEqual(stack(cpu, 4, 4), [0x18n, RETURN, 8n, 0x57302n]);
  });

  it('clears TF and NT; IF by an interrupt gate only (SDM 3A 6.12.1.3)', () => {
    const after = (access: number): bigint => {
      const cpu = prepared(0, access);
      deliverEvent(cpu, INTERRUPT);
      return cpu.state.rflags;
    };
    assert.deepEqual([after(GATE32.INTERRUPT), after(GATE32.TRAP)], [0x43002n, 0x43202n]);
  });

  it('by a 16-bit gate pushes words, and goes to a 16-bit offset', () => {
    const cpu = prepared(0, 0x86);
    cpu.physical.write16(IDT + 0x106, 0);
    deliverEvent(cpu, INTERRUPT);
    assert.deepEqual(stack(cpu, 3, 2), [RETURN, 8n, 0x7302n]);
    assert.equal(cpu.state.rip, 0x5678n);
  });

  it('to conforming code stays in ring 3', () => {
    const cpu = prepared(3, GATE32.INTERRUPT, Sel.CONFORMING);
    deliverEvent(cpu, INTERRUPT);
    assert.deepEqual([cpu.state.cpl, cpu.state.selector(CS), cpu.state.gpr(4)], [3, 0x3b, 0x6ff4n]);
  });

  const gates: readonly (readonly [string, InterruptEvent, 0 | 3, number, number, string])[] = [
    // what, event, CPL, access byte of the gate, its selector, exception
    ['a call gate, external', INTERRUPT, 0, 0x8c, Sel.CODE, '#GP(103)'],
    ['a 16-bit call gate, INT n', SOFTWARE, 0, 0x84, Sel.CODE, '#GP(102)'],
    ['a code segment in the IDT', INTERRUPT, 0, 0x9b, Sel.CODE, '#GP(103)'],
    ['INT n to a gate of ring 0', SOFTWARE, 3, GATE32.INTERRUPT, Sel.CODE, '#GP(102)'],
    ['INT n to a gate of ring 3', SOFTWARE, 3, GATE32.USER, Sel.CODE, 'nothing'],
    ['an exception to a gate of ring 0', FAULT, 3, GATE32.INTERRUPT, Sel.CODE, 'nothing'],
    ['a gate that is not present', INTERRUPT, 0, 0x0e, Sel.CODE, '#NP(103)'],
    ['a null selector', INTERRUPT, 0, GATE32.INTERRUPT, 0, '#GP(1)'],
    ['a null selector, INT n', SOFTWARE, 0, GATE32.INTERRUPT, 0, '#GP(0)'],
    ['beyond the GDT', INTERRUPT, 0, GATE32.INTERRUPT, Sel.BEYOND, '#GP(101)'],
    ['data', INTERRUPT, 0, GATE32.INTERRUPT, Sel.DATA, '#GP(11)'],
    ['code of an outer ring', INTERRUPT, 0, GATE32.INTERRUPT, Sel.USER_CODE, '#GP(19)'],
    ['code not present', INTERRUPT, 0, GATE32.INTERRUPT, Sel.ABSENT_CODE, '#NP(41)'],
  ];
  for (const [what, event, ring, access, selector, exception] of gates) {
    it(`${what}: ${exception}`, () => {
      const cpu = prepared(ring, access, selector);
      assert.equal(
        raised(() => {
          deliverEvent(cpu, event);
        }),
        exception,
      );
      if (exception !== 'nothing') assert.equal(cpu.state.gpr(4), 0x7000n);
    });
  }

  it('of a vector beyond the limit of the IDT: #GP', () => {
    const cpu = prepared(0, GATE32.INTERRUPT);
    cpu.state.idtr = { base: BigInt(IDT), limit: 0x106 };
    assert.equal(
      raised(() => {
        deliverEvent(cpu, INTERRUPT);
      }),
      '#GP(103)',
    );
  });

  it('by a task gate that leads to code: #GP(selector + EXT)', () => {
    const cpu = prepared(0, 0x85);
    assert.equal(
      raised(() => {
        deliverEvent(cpu, INTERRUPT);
      }),
      '#GP(9)',
    );
  });

  it('to an entry point beyond the limit of its segment: #GP(EXT)', () => {
    const cpu = prepared(0, GATE32.INTERRUPT, Sel.FREE);
    cpu.physical.write64(GDT + Sel.FREE, 0x00419b0000005677n); // limit 0x15677
    assert.equal(
      raised(() => {
        deliverEvent(cpu, INTERRUPT);
      }),
      '#GP(1)',
    );
    assert.equal(
      raised(() => {
        deliverEvent(cpu, SOFTWARE);
      }),
      '#GP(0)',
    );
  });

  const stacks: readonly (readonly [string, number, number, string])[] = [
    // what, SS0, limit of the TSS, exception
    ['a TSS that is too short', Sel.DATA, 8, '#TS(61)'],
    ['a null SS0', 0, 0x67, '#TS(1)'],
    ['an SS0 of RPL 3', Sel.DATA | 3, 0x67, '#TS(11)'],
    ['an SS0 of DPL 3', Sel.USER_DATA, 0x67, '#TS(21)'],
    ['a read-only SS0', Sel.READ_ONLY, 0x67, '#TS(51)'],
    ['an SS0 that is not present', Sel.ABSENT_DATA, 0x67, '#SS(49)'],
    ['an SS0 without room', Sel.FREE, 0x67, '#SS(71)'],
  ];
  for (const [what, selector, limit, exception] of stacks) {
    it(`finds ${what}: ${exception}`, () => {
      const cpu = prepared(3, GATE32.INTERRUPT);
      cpu.physical.write64(GDT + Sel.FREE, 0x0040930000000fffn);
      cpu.physical.write32(TSS + 8, selector);
      cpu.state.setSegment(TR, { ...cpu.state.segment(TR), limit });
      assert.equal(
        raised(() => {
          deliverEvent(cpu, INTERRUPT);
        }),
        exception,
      );
      assert.equal(cpu.state.cpl, 3);
    });
  }

  it('finds no room on the present stack: #SS(EXT)', () => {
    const cpu = prepared(0, GATE32.INTERRUPT);
    cpu.state.setSegment(SS, { ...cpu.state.segment(SS), limit: 0x6fff - 4 });
    assert.equal(
      raised(() => {
        deliverEvent(cpu, INTERRUPT);
      }),
      '#SS(1)',
    );
  });

  it('from a 16-bit inner stack takes all of ESP0, and moves SP', () => {
    const cpu = prepared(3, GATE32.INTERRUPT);
    cpu.state.setGpr(4, 0x77777000n);
    cpu.physical.write64(GDT + Sel.FREE, 0x000093000000ffffn);
    cpu.physical.write32(TSS + 8, Sel.FREE);
    cpu.physical.write32(TSS + 4, 0x11116000);
    deliverEvent(cpu, INTERRUPT);
    assert.equal(cpu.state.gpr(4), 0x11115fecn);
  });

  describe('out of virtual-8086 mode (SDM 3B 21.3.1.1)', () => {
    function virtual8086(access: number, selector: number): Processor {
      const cpu = prepared(3, access, selector);
      for (let index = 0; index < 6; index++) {
        const base = BigInt(0x1000 * (index + 1)) << 4n;
        const limit = 0xffff;
        cpu.state.setSegment(index, {
          selector: 0x1000 * (index + 1),
          base,
          limit,
          accessRights: 0xf3,
        });
      }
      cpu.state.rflags |= 0x20000n;
      cpu.updateDerivedState();
      return cpu;
    }

    it('pushes GS, FS, DS and ES as well, and makes them null', () => {
      const cpu = virtual8086(GATE32.INTERRUPT, Sel.CODE);
      deliverEvent(cpu, INTERRUPT);
      const words = [
        RETURN,
        0x2000n,
        0x67302n,
        0x7000n,
        0x3000n,
        0x1000n,
        0x4000n,
        0x5000n,
        0x6000n,
      ];
      assert.deepEqual(stack(cpu, 9, 4), words);
      assert.deepEqual(
        [0, 3, 4, 5].map((index) => cpu.state.accessRights(index)),
        Array(4).fill(0x10000),
      );
      assert.equal(cpu.state.rflags, 0x43002n);
    });

    it('to other code than that of ring 0: #GP with its selector and EXT', () => {
      const cpu = virtual8086(GATE32.INTERRUPT, Sel.CONFORMING);
      assert.equal(
        raised(() => {
          deliverEvent(cpu, INTERRUPT);
        }),
        '#GP(39)',
      );
    });
  });
});
