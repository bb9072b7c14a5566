import assert from 'node:assert/strict';
import { LDTR } from '../state/layout';
import { GDT, protectedMode, raised, Sel } from '../modes.testing';
import {
  descriptorAddress,
  isConforming,
  isExpandDown,
  isReadable,
  isWritableData,
  nullSegment,
  readDescriptor,
  realModeSegment,
  segmentFrom,
  setAccessed,
} from './descriptor';

describe('segment types (SDM 3A table 3-1)', () => {
  const cases = [
    // type with S set, writable data, readable, expand-down, conforming
    [0x10, false, true, false, false],
    [0x12, true, true, false, false],
    [0x14, false, true, true, false],
    [0x16, true, true, true, false],
    [0x18, false, false, false, false],
    [0x1a, false, true, false, false],
    [0x1c, false, false, false, true],
    [0x1e, false, true, false, true],
    // system types
    [0x02, false, false, false, false],
    [0x0e, false, false, false, false],
  ] as const;
  for (const [rights, ...expected] of cases) {
    it(`type 0x${rights.toString(16)}`, () => {
      const tests = [isWritableData, isReadable, isExpandDown, isConforming];
      assert.deepEqual(
        tests.map((test) => test(rights)),
        expected,
      );
    });
  }
});

describe('a segment register out of a descriptor (SDM 3A 3.4.5)', () => {
  it('puts base and limit together, in bytes or units of 4 KBytes', () => {
    const found = { selector: 0x2b, address: 0n, rights: 0x93 };
    const bytes = segmentFrom({ ...found, low: 0x924593345678abcdn });
    assert.deepEqual([bytes.base, bytes.limit], [0x92345678n, 0x5abcd]);
    assert.equal(segmentFrom({ ...found, low: 0x92c593345678abcdn }).limit, 0x5abcdfff);
    assert.equal(bytes.selector, 0x2b);
  });

  it('of real mode has the selector × 16 as base, and keeps the rest (SDM 3B 21.1.1)', () => {
    const big = { selector: 8, base: 0n, limit: 0xffffffff, accessRights: 0xc093 };
    assert.deepEqual(realModeSegment(big, 0xb800, false), {
      ...big,
      selector: 0xb800,
      base: 0xb8000n,
    });
  });

  it('of virtual-8086 mode is 64 KBytes of read/write data with DPL 3', () => {
    const big = { selector: 8, base: 0n, limit: 0xffffffff, accessRights: 0xc093 };
    const expected = { selector: 0x1234, base: 0x12340n, limit: 0xffff, accessRights: 0xf3 };
    assert.deepEqual(realModeSegment(big, 0x1234, true), expected);
  });

  it('is unusable for a null selector; the DPL of SS still tells the CPL', () => {
    assert.equal(nullSegment(3).accessRights, 0x10000);
    assert.equal(nullSegment(2, 2).accessRights, 0x10040);
  });
});

describe('the table that a selector names (SDM 3A 3.4.2)', () => {
  const cases = [
    // selector, limit of the GDT, address
    [0x08, 0x0f, 0x1008n],
    [0x0b, 0x0f, 0x1008n],
    [0x08, 0x0e, undefined],
    [0x10, 0x0f, undefined],
    [0xfff8, 0xffff, 0x10ff8n],
  ] as const;
  for (const [selector, limit, address] of cases) {
    it(`selector 0x${selector.toString(16)}, limit 0x${limit.toString(16)}`, () => {
      const { state } = protectedMode();
      state.gdtr = { base: BigInt(GDT), limit };
      assert.equal(descriptorAddress(state, selector), address);
    });
  }

  it('is the LDT with TI set, if LDTR holds one', () => {
    const { state } = protectedMode();
    state.setSegment(LDTR, { selector: 0, base: 0n, limit: 0, accessRights: 0x10000 });
    assert.equal(descriptorAddress(state, 0x0c), undefined);
    state.setSegment(LDTR, { selector: 0x70, base: 0x5000n, limit: 0x17, accessRights: 0x82 });
    assert.equal(descriptorAddress(state, 0x0c), 0x5008n);
    assert.equal(descriptorAddress(state, 0x1c), undefined);
    assert.equal(descriptorAddress(state, 0x14, 16), undefined);
  });

  it('gives an error code of index and TI beyond the limit', () => {
    const { state, mmu } = protectedMode();
    assert.equal(
      raised(() => readDescriptor(state, mmu, Sel.BEYOND | 3)),
      '#GP(100)',
    );
    assert.equal(
      raised(() => readDescriptor(state, mmu, Sel.BEYOND | 7)),
      '#GP(104)',
    );
  });
});

it('the accessed flag is set in the descriptor’s type, and nowhere else (SDM 3A 3.4.5.1)', () => {
  const { state, mmu, physical } = protectedMode();
  physical.write64(GDT + Sel.FREE, 0x12c592345678abcdn);
  setAccessed(mmu, readDescriptor(state, mmu, Sel.FREE));
  assert.equal(physical.read64(GDT + Sel.FREE), 0x12c593345678abcdn);
});
