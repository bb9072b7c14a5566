import assert from 'node:assert/strict';
import { CODE, execute, protectedMode, setRing, TSS } from '../modes.testing';
import { TR } from '../state/layout';
import type { Processor } from '../processor';

/** VME and PVI (SDM 3B 21.3, 21.4; 2A CLI, INT n, IRET; 2B POPF, PUSHF, STI). */

const [CLI, STI, PUSHF, POPF, IRET] = [0xfa, 0xfb, 0x9c, 0x9d, 0xcf];
const WIDE = 0x66;
const INT = (vector: number): number[] => [0xcd, vector];

const IF = 1n << 9n;
const TF = 1n << 8n;
const VM = 1n << 17n;
const VIF = 1n << 19n;
const VIP = 1n << 20n;
const VME = 1n;
const PVI = 2n;
const STACK = 0x6000;

/** Virtual-8086 mode; SP is 0x6000 in segment 0. */
function virtual8086(flags: bigint, iopl = 0, cr4 = VME): Processor {
  const cpu = protectedMode();
  const { state } = cpu;
  for (let index = 0; index < 6; index++)
    state.setSegment(index, { selector: 0, base: 0n, limit: 0xffff, accessRights: 0xf3 });
  state.rflags = 2n | VM | flags | BigInt(iopl << 12);
  state.cr4 |= cr4;
  state.setGpr(4, BigInt(STACK));
  cpu.updateDerivedState();
  return cpu;
}

/** Ring 3 of protected mode. */
function ring3(flags: bigint, cr4: bigint): Processor {
  const cpu = protectedMode();
  setRing(cpu, 3);
  cpu.state.rflags = 2n | flags;
  cpu.state.cr4 |= cr4;
  return cpu;
}

const has = (cpu: Processor, flag: bigint): boolean => (cpu.state.rflags & flag) !== 0n;
const word = (cpu: Processor, at: number): number => cpu.physical.read16(at);

function push(cpu: Processor, ...words: number[]): void {
  words.forEach((value, n) => {
    cpu.physical.write16(STACK + 2 * n, value);
  });
}

describe('CLI and STI with virtual interrupts', () => {
  for (const [name, make] of [
    ['VME', (flags: bigint) => virtual8086(flags)],
    ['PVI', (flags: bigint) => ring3(flags, PVI)],
  ] as const) {
    it(`change VIF and leave IF alone (${name})`, () => {
      const cpu = make(IF | VIF);
      assert.equal(execute(cpu, CLI), 'nothing');
      assert.deepEqual([has(cpu, VIF), has(cpu, IF)], [false, true]);
      assert.equal(execute(cpu, STI), 'nothing');
      assert.deepEqual([has(cpu, VIF), has(cpu, IF)], [true, true]);
      assert.equal(cpu.state.interruptShadow, 'none');
    });

    it(`STI raises #GP(0) while an interrupt waits (${name})`, () => {
      const cpu = make(VIP);
      assert.equal(execute(cpu, STI), '#GP(0)');
      assert.equal(has(make(VIP), VIF), false);
      assert.equal(execute(make(VIP), CLI), 'nothing');
    });
  }

  it('need the extension of their own mode', () => {
    assert.equal(execute(virtual8086(0n, 0, PVI), CLI), '#GP(0)');
    assert.equal(execute(ring3(0n, VME), CLI), '#GP(0)');
    const ring1 = ring3(0n, PVI);
    setRing(ring1, 1);
    assert.equal(execute(ring1, CLI), '#GP(0)');
  });

  it('change IF itself where IOPL allows it', () => {
    const cpu = virtual8086(VIF, 3);
    execute(cpu, STI);
    execute(cpu, CLI);
    assert.deepEqual([has(cpu, IF), has(cpu, VIF)], [false, true]);
    execute(cpu, STI);
    assert.equal(has(cpu, IF), true);
  });
});

describe('PUSHF and POPF with VME', () => {
  it('PUSHF shows VIF as IF, and IOPL 3', () => {
    const cpu = virtual8086(VIF | 1n);
    assert.equal(execute(cpu, PUSHF), 'nothing');
    assert.equal(word(cpu, STACK - 2), 0x3203);
    const off = virtual8086(IF);
    execute(off, PUSHF);
    assert.equal(word(off, STACK - 2), 0x3002);
  });

  it('POPF loads IF into VIF; IF and IOPL stay', () => {
    const cpu = virtual8086(IF, 1);
    push(cpu, 0x0ad7 & ~0x100);
    assert.equal(execute(cpu, POPF), 'nothing');
    assert.equal(cpu.state.rflags, 2n | VM | IF | VIF | 0x1000n | 0x8d5n);
    push(cpu, 0);
    cpu.state.setGpr(4, BigInt(STACK));
    execute(cpu, POPF);
    assert.equal(cpu.state.rflags, 2n | VM | IF | 0x1000n);
  });

  it('POPF raises #GP(0) for an interrupt that waits, and for TF', () => {
    const waiting = virtual8086(VIP);
    push(waiting, 0x200);
    assert.equal(execute(waiting, POPF), '#GP(0)');
    assert.equal(waiting.state.gpr(4), BigInt(STACK));
    push(waiting, 0);
    assert.equal(execute(waiting, POPF), 'nothing');
    const stepping = virtual8086(0n);
    push(stepping, Number(TF));
    assert.equal(execute(stepping, POPF), '#GP(0)');
  });

  it('know 16 bits only', () => {
    assert.equal(execute(virtual8086(0n), WIDE, PUSHF), '#GP(0)');
    assert.equal(execute(virtual8086(0n), WIDE, POPF), '#GP(0)');
    assert.equal(execute(virtual8086(0n, 3), WIDE, PUSHF), 'nothing');
    assert.equal(execute(virtual8086(0n, 0, 0n), PUSHF), '#GP(0)');
  });

  it('are as ever with PVI', () => {
    const cpu = ring3(VIF, PVI);
    execute(cpu, PUSHF);
    assert.equal(cpu.physical.read32(0x6ffc), Number(VIF | 2n));
  });
});

describe('IRET in virtual-8086 mode with VME', () => {
  it('loads IF into VIF', () => {
    const cpu = virtual8086(0n);
    push(cpu, 0x1234, 0x0200, 0x0201);
    assert.equal(execute(cpu, IRET), 'nothing');
    const { state } = cpu;
    assert.deepEqual([state.rip, state.selector(1)], [0x1234n, 0x200]);
    assert.equal(state.rflags, 2n | VM | VIF | 1n);
  });

  it('raises #GP(0) for an interrupt that waits, with nothing changed', () => {
    const cpu = virtual8086(VIP);
    push(cpu, 0x1234, 0x0200, 0x0200);
    assert.equal(execute(cpu, IRET), '#GP(0)');
    const { state } = cpu;
    assert.deepEqual([state.rip, state.selector(1)], [BigInt(CODE), 0]);
    assert.deepEqual([state.gpr(4), state.segment(1).base], [BigInt(STACK), 0n]);
  });

  it('needs IOPL 3 with 32 bits, or without VME', () => {
    assert.equal(execute(virtual8086(0n), WIDE, IRET), '#GP(0)');
    assert.equal(execute(virtual8086(0n, 0, 0n), IRET), '#GP(0)');
  });
});

describe('INT n in virtual-8086 mode (SDM 3B table 21-2)', () => {
  const BITMAP = 0x68;
  const VECTOR = 0x21;

  /** A TSS with a redirection bitmap; bit 0x21 is as given. The program's handler is at 0x300:0x40. */
  function prepared(cpu: Processor, bit: 0 | 1): Processor {
    const { physical, state } = cpu;
    state.setSegment(TR, { ...state.segment(TR), limit: 0x2fff });
    physical.write16(TSS + 102, BITMAP + 32);
    physical.write8(TSS + BITMAP + (VECTOR >> 3), bit << (VECTOR & 7));
    physical.write32(4 * VECTOR, 0x03000040);
    return cpu;
  }

  it('calls the program’s handler where the bit is 0: with VIF below IOPL 3 (method 6)', () => {
    const cpu = prepared(virtual8086(IF | VIF), 0);
    assert.equal(execute(cpu, ...INT(VECTOR)), 'nothing');
    const { state } = cpu;
    assert.deepEqual([state.rip, state.selector(1), state.gpr(4)], [0x40n, 0x300, 0x5ffan]);
    assert.deepEqual(
      [0, 2, 4].map((n) => word(cpu, 0x5ffa + n)),
      [CODE + 2, 0, 0x3202],
    );
    assert.deepEqual([has(cpu, VIF), has(cpu, IF)], [false, true]);
  });

  it('and with IF where IOPL is 3 (method 5)', () => {
    const cpu = prepared(virtual8086(IF | VIF, 3), 0);
    execute(cpu, ...INT(VECTOR));
    assert.equal(word(cpu, 0x5ffe), 0x3202);
    assert.deepEqual([has(cpu, VIF), has(cpu, IF), cpu.state.rip], [true, false, 0x40n]);
  });

  it('raises #GP(0) where the bit is 1 and IOPL below 3, and without VME (methods 3 and 2)', () => {
    assert.equal(execute(prepared(virtual8086(0n), 1), ...INT(VECTOR)), '#GP(0)');
    assert.equal(execute(prepared(virtual8086(0n, 0, 0n), 0), ...INT(VECTOR)), '#GP(0)');
  });

  it('goes through the IDT where the bit is 1 and IOPL 3, and without VME (methods 4 and 1)', () => {
    const error = '33'; // the event begins the chain: the IDT is empty
    assert.equal(execute(prepared(virtual8086(0n, 3), 1), ...INT(VECTOR)), error);
    assert.equal(execute(prepared(virtual8086(0n, 3, 0n), 0), ...INT(VECTOR)), error);
  });

  it('raises #GP(0) where the bitmap lies beyond the TSS', () => {
    const cpu = prepared(virtual8086(0n), 0);
    cpu.state.setSegment(TR, { ...cpu.state.segment(TR), limit: 0x67 });
    assert.equal(execute(cpu, ...INT(VECTOR)), '#GP(0)');
  });

  it('does not redirect INT3', () => {
    const cpu = prepared(virtual8086(0n), 0);
    assert.equal(execute(cpu, 0xcc), '#BP');
  });
});
