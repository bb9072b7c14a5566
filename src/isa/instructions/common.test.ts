import assert from 'node:assert/strict';
import { isMnemonic } from '../../program/x86/mnemonics';
import { COMMON_INSTRUCTIONS } from './common';
import { glossedMnemonics } from './glosses';
import { conditionalGloss } from './conditions';

describe('common instructions', () => {
  it('are there, each once, and each has a sentence of its own', () => {
    const glossed = new Set(glossedMnemonics());
    for (const name of COMMON_INSTRUCTIONS) {
      assert.ok(isMnemonic(name) || name === 'rep', name);
      assert.ok(glossed.has(name) || conditionalGloss(name) !== undefined, name);
    }
    assert.equal(new Set(COMMON_INSTRUCTIONS).size, COMMON_INSTRUCTIONS.length);
  });
});
