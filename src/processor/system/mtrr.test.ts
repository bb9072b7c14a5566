import assert from 'node:assert/strict';
import { raised } from '../modes.testing';
import { checkMtrr } from './mtrr';

/** What WRMSR may write to memory-type range registers (SDM 3A 12.11.2), with 36 bits of address. */

describe('an MTRR', () => {
  const cases = [
    // what, MSR, value, outcome
    ['MTRR_FIX64K_00000 of 8 types', 0x250, 0x0001040506060606n, 'nothing'],
    ['MTRR_FIX64K_00000 with type 2', 0x250, 0x0606060606020606n, '#GP(0)'],
    ['IA32_MTRR_PHYSBASE0, write-back', 0x200, 0x80000006n, 'nothing'],
    ['IA32_MTRR_PHYSBASE0 with type 3', 0x200, 0x80000003n, '#GP(0)'],
    ['IA32_MTRR_PHYSBASE0 with bit 8', 0x200, 0x80000106n, '#GP(0)'],
    ['IA32_MTRR_PHYSBASE0 beyond the width', 0x200, 0x1000000006n, '#GP(0)'],
    ['IA32_MTRR_PHYSMASK0, valid', 0x201, 0xf80000800n, 'nothing'],
    ['IA32_MTRR_PHYSMASK0 with bit 0', 0x201, 0xf80000801n, '#GP(0)'],
    ['IA32_MTRR_DEF_TYPE, both enabled', 0x2ff, 0xc06n, 'nothing'],
    ['IA32_MTRR_DEF_TYPE with bit 8', 0x2ff, 0xd06n, '#GP(0)'],
    ['another MSR', 0x10, 0xffffffffffffffffn, 'nothing'],
  ] as const;
  for (const [what, number, value, outcome] of cases) {
    it(`${what}: ${outcome}`, () => {
      assert.equal(
        raised(() => {
          checkMtrr(number, value, 36);
        }),
        outcome,
      );
    });
  }
});
