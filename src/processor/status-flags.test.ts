import assert from 'node:assert/strict';
import { STATUS_FLAGS } from '../isa/registers/flags';
import { readStatusFlags, writeStatusFlags } from './status-flags';

describe('status flags', () => {
  it('come back as they were written, in every combination', () => {
    const words = new Int32Array(0x400);
    for (let flags = 0; flags <= STATUS_FLAGS; flags++) {
      if (flags & ~STATUS_FLAGS) continue;
      writeStatusFlags(words, flags);
      assert.equal(readStatusFlags(words), flags);
    }
  });
});
