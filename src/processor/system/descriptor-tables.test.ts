import assert from 'node:assert/strict';
import {
  execute,
  GDT,
  longMode,
  protectedMode,
  realMode,
  Sel,
  setRing,
  TSS,
} from '../modes.testing';
import type { Processor } from '../processor';
import { LDTR, TR } from '../state/layout';

/** LGDT, SGDT, LTR, LLDT, LAR, LSL, VERR, VERW (SDM 2A, 2B). */

const AT = 0x9000;

describe('LGDT', () => {
  const image = [0x34, 0x12, 0x78, 0x56, 0x34, 0x92, 0xff, 0xff, 0xff, 0xff];
  const cases: readonly (readonly [string, () => Processor, readonly number[], bigint])[] = [
    ['24 bits with a 16-bit operand size', protectedMode, [0x66, 0x0f, 0x01, 0x15], 0x345678n],
    ['32 bits', protectedMode, [0x0f, 0x01, 0x15], 0x92345678n],
    ['64 bits', longMode, [0x0f, 0x01, 0x14, 0x25], 0xffffffff92345678n],
  ];
  for (const [what, mode, bytes, base] of cases) {
    it(`takes a base of ${what}`, () => {
      const cpu = mode();
      cpu.physical.writeBytes(AT, Uint8Array.from(image));
      assert.equal(execute(cpu, ...bytes, 0x00, 0x90, 0x00, 0x00), 'nothing');
      assert.deepEqual(cpu.state.gdtr, { base, limit: 0x1234 });
    });
  }

  it('is #GP(0) in ring 3 and for a base that is not canonical', () => {
    const cpu = longMode();
    cpu.physical.write64(AT + 2, 0x800000000000n);
    const load = (): string => execute(cpu, 0x0f, 0x01, 0x14, 0x25, 0x00, 0x90, 0x00, 0x00);
    assert.equal(load(), '#GP(0)');
    cpu.physical.write64(AT + 2, 0n);
    setRing(cpu, 3);
    assert.equal(load(), '#GP(0)');
  });
});

it('SGDT stores base and limit, in ring 3 unless CR4.UMIP', () => {
  const cpu = protectedMode();
  setRing(cpu, 3);
  const store = (): string => execute(cpu, 0x0f, 0x01, 0x05, 0x00, 0x90, 0x00, 0x00);
  assert.equal(store(), 'nothing');
  assert.deepEqual([cpu.physical.read16(AT), cpu.physical.read32(AT + 2)], [0xff, GDT]);
  cpu.state.cr4 |= 1n << 11n;
  assert.equal(store(), '#GP(0)');
});

describe('LTR', () => {
  const load = (cpu: Processor, selector: number): string => {
    cpu.state.setGpr(0, BigInt(selector));
    return execute(cpu, 0x0f, 0x00, 0xd8);
  };

  it('marks the TSS busy, in the register and in its descriptor', () => {
    const cpu = protectedMode();
    assert.equal(load(cpu, Sel.SYSTEM), 'nothing');
    const { selector, base, limit, accessRights } = cpu.state.segment(TR);
    assert.deepEqual([selector, base, limit, accessRights], [Sel.SYSTEM, BigInt(TSS), 0x67, 0x8b]);
    assert.equal(cpu.physical.read8(GDT + Sel.SYSTEM + 5), 0x8b);
    assert.equal(load(cpu, Sel.SYSTEM), '#GP(60)'); // busy now
  });

  const wrong = [
    ['a null selector', 0, '#GP(0)'],
    ['a selector of the LDT', Sel.SYSTEM | 4, '#GP(64)'],
    ['a code segment', Sel.CODE, '#GP(8)'],
    ['beyond the limit', Sel.BEYOND, '#GP(100)'],
  ] as const;
  for (const [what, selector, fault] of wrong) {
    it(`refuses ${what}`, () => {
      assert.equal(load(protectedMode(), selector), fault);
    });
  }

  it('is #NP when the TSS is not present, #UD in real mode', () => {
    const cpu = protectedMode();
    cpu.physical.write8(GDT + Sel.SYSTEM + 5, 0x09);
    assert.equal(load(cpu, Sel.SYSTEM), '#NP(60)');
    assert.equal(load(realMode(), Sel.SYSTEM), '#UD');
  });

  it('takes bits 63:32 of the base from the upper half in IA-32e mode, whose type is 0', () => {
    const cpu = longMode();
    cpu.physical.write64(GDT + Sel.FREE, 0x0000_8900_3000_0067n);
    cpu.physical.write64(GDT + Sel.FREE + 8, 0xffff_8000n);
    assert.equal(load(cpu, Sel.FREE), 'nothing');
    assert.equal(cpu.state.segment(TR).base, 0xffff800000003000n);
    cpu.physical.write64(GDT + Sel.FREE, 0x0000_8900_3000_0067n);
    cpu.physical.write64(GDT + Sel.FREE + 8, 0x900_0000_0000n);
    assert.equal(load(cpu, Sel.FREE), '#GP(70)');
  });
});

it('LLDT with a null selector leaves no LDT', () => {
  const cpu = protectedMode();
  cpu.physical.write64(GDT + Sel.FREE, 0x0000_8200_4000_00ffn);
  cpu.state.setGpr(0, BigInt(Sel.FREE));
  assert.equal(execute(cpu, 0x0f, 0x00, 0xd0), 'nothing');
  assert.equal(cpu.state.segment(LDTR).base, 0x4000n);
  cpu.state.setGpr(0, 0n);
  assert.equal(execute(cpu, 0x0f, 0x00, 0xd0), 'nothing');
  assert.equal(cpu.state.segment(LDTR).accessRights & 0x10000, 0x10000);
});

describe('LAR, LSL, VERR, VERW in ring 3', () => {
  const cases = [
    // selector, LAR, LSL, readable, writable
    [Sel.USER_DATA | 3, 0xcff300, 0xffffffff, true, true],
    [Sel.USER_CODE | 3, 0xcffb00, 0xffffffff, true, false],
    [Sel.CONFORMING, 0xcf9f00, 0xffffffff, true, false],
    [Sel.DATA, undefined, undefined, false, false], // DPL 0
    [Sel.SYSTEM, undefined, undefined, false, false],
    [Sel.BEYOND, undefined, undefined, false, false],
    [0, undefined, undefined, false, false],
  ] as const;
  for (const [selector, rights, limit, readable, writable] of cases) {
    it(`selector 0x${selector.toString(16)}`, () => {
      const cpu = protectedMode();
      setRing(cpu, 3);
      cpu.state.setGpr(1, BigInt(selector));
      const ask = (...bytes: number[]): number | undefined => {
        cpu.state.setGpr(0, 0n);
        assert.equal(execute(cpu, ...bytes), 'nothing');
        return cpu.state.rflags & 0x40n ? Number(cpu.state.gpr(0)) : undefined;
      };
      assert.equal(ask(0x0f, 0x02, 0xc1), rights);
      assert.equal(ask(0x0f, 0x03, 0xc1), limit);
      assert.equal(ask(0x0f, 0x00, 0xe1) !== undefined, readable);
      assert.equal(ask(0x0f, 0x00, 0xe9) !== undefined, writable);
    });
  }

  it('are #UD in real mode', () => {
    assert.equal(execute(realMode(), 0x0f, 0x02, 0xc1), '#UD');
  });
});
