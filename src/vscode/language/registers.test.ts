import assert from 'node:assert/strict';
import { registerFamily } from './registers';

describe('what a general register is part of', () => {
  const families = {
    ax: ['al', 'AH', 'ax', 'eax', 'RAX'],
    si: ['sil', 'si', 'esi', 'rsi'],
    bp: ['bpl', 'bp', 'ebp', 'rbp'],
    r8: ['r8', 'r8b', 'r8w', 'r8d'],
    r15: ['r15d'],
  };
  for (const [family, names] of Object.entries(families)) {
    it(`is ${family}`, () => {
      assert.deepEqual(
        names.map(registerFamily),
        names.map(() => family),
      );
    });
  }

  it('is nothing where a word is none of them', () => {
    assert.deepEqual(['cs', 'cr3', 'r16', 'axe', 'count', 'xmm0'].map(registerFamily), [
      ...Array<undefined>(6).fill(undefined),
    ]);
  });
});
