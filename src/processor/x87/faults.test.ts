import assert from 'node:assert/strict';
import { execute, longMode, protectedMode, setRing } from '../modes.testing';
import type { Processor } from '../processor';
import { DS } from '../state/layout';
import { RegisterStack } from './register-stack';

/** An x87 instruction whose memory operand faults has done nothing (SDM 3A 6.6). */

const RBX = 3;
/** Beyond the first 2 MBytes nothing is mapped. */
const UNMAPPED = 0x200000n;

const LOADS = [
  ['FLD m32', [0xd9, 0x03]],
  ['FLD m64', [0xdd, 0x03]],
  ['FLD m80', [0xdb, 0x2b]],
  ['FILD m16', [0xdf, 0x03]],
  ['FBLD', [0xdf, 0x23]],
  ['FADD m64', [0xdc, 0x03]],
  ['FICOMP m32', [0xda, 0x1b]],
  ['FLDCW', [0xd9, 0x2b]],
  ['FLDENV', [0xd9, 0x23]],
  ['FRSTOR', [0xdd, 0x23]],
] as const;
const STORES = [
  ['FSTP m32', [0xd9, 0x1b]],
  ['FSTP m64', [0xdd, 0x1b]],
  ['FSTP m80', [0xdb, 0x3b]],
  ['FISTP m64', [0xdf, 0x3b]],
  ['FISTTP m16', [0xdf, 0x0b]],
  ['FBSTP', [0xdf, 0x33]],
  ['FNSTCW', [0xd9, 0x3b]],
  ['FNSTSW', [0xdd, 0x3b]],
] as const;

/** 1.5 and 2.5 on the stack. */
function prepared(make: () => Processor): Processor {
  const cpu = make();
  const stack = new RegisterStack(cpu.state);
  stack.initialize();
  stack.push(0x4000a000000000000000n);
  stack.push(0x3fffc000000000000000n);
  return cpu;
}

describe('x87 memory operands that fault', () => {
  for (const [what, bytes] of [...LOADS, ...STORES]) {
    it(`${what}: #PF, and the unit is as before`, () => {
      const cpu = prepared(longMode);
      cpu.state.setGpr(RBX, UNMAPPED);
      const before = cpu.state.units.slice();
      assert.match(execute(cpu, ...bytes), /^#PF/);
      assert.deepEqual(cpu.state.units, before);
    });

    it(`${what}: #GP beyond the segment's limit`, () => {
      const cpu = prepared(protectedMode);
      cpu.state.setGpr(RBX, 0x9000n);
      cpu.state.setSegment(DS, { ...cpu.state.segment(DS), limit: 0x8fff, accessRights: 0x4093 });
      cpu.updateDerivedState();
      const before = cpu.state.units.slice();
      assert.equal(execute(cpu, ...bytes), '#GP(0)');
      assert.deepEqual(cpu.state.units, before);
    });
  }

  it('store nothing where only the second page of a number of 80 bits is missing', () => {
    const cpu = prepared(longMode);
    cpu.state.setGpr(RBX, UNMAPPED - 8n);
    cpu.physical.write64(Number(UNMAPPED) - 8, 0x1122334455667788n);
    assert.match(execute(cpu, 0xdb, 0x3b), /^#PF/);
    assert.equal(cpu.physical.read64(Number(UNMAPPED) - 8), 0x1122334455667788n);
  });

  it('use SS where EBP is the base: #SS', () => {
    const cpu = prepared(protectedMode);
    cpu.state.setGpr(5, 0x9000n);
    const ss = cpu.state.segment(2);
    cpu.state.setSegment(2, { ...ss, limit: 0x8fff, accessRights: 0x4093 });
    cpu.updateDerivedState();
    assert.equal(execute(cpu, 0xd9, 0x5d, 0x00), '#SS(0)'); // fstp dword [ebp]
  });
});

describe('alignment of x87 memory operands (SDM 3A table 6-7)', () => {
  const cases = [
    ['FLD m32', [0xd9, 0x03], 4],
    ['FLD m64', [0xdd, 0x03], 8],
    ['FLD m80', [0xdb, 0x2b], 8],
    ['FSTP m80', [0xdb, 0x3b], 8],
    ['FILD m16', [0xdf, 0x03], 2],
    ['FBSTP', [0xdf, 0x33], 8],
    ['FNSTENV', [0xd9, 0x33], 4],
    ['FNSTENV with words', [0x66, 0xd9, 0x33], 2],
    ['FNSAVE', [0xdd, 0x33], 4],
    ['FNSTCW', [0xd9, 0x3b], 2],
  ] as const;
  for (const [what, bytes, alignment] of cases) {
    it(`${what}: ${String(alignment)}`, () => {
      const attempt = (address: number): string => {
        const cpu = prepared(longMode);
        setRing(cpu, 3);
        cpu.state.cr0 |= 1n << 18n;
        cpu.state.rflags |= 1n << 18n;
        cpu.updateDerivedState();
        cpu.state.setGpr(RBX, BigInt(address));
        return execute(cpu, ...bytes);
      };
      assert.equal(attempt(0x9000 + alignment), 'nothing');
      assert.equal(attempt(0x9000 + alignment / 2), '#AC(0)');
    });
  }
});
