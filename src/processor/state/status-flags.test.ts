import assert from 'node:assert/strict';
import { STATUS_FLAGS } from '../../isa/registers/flags';
import { readStatusFlags, writeStatusFlags } from './status-flags';

const ALL = Number(STATUS_FLAGS);

describe('status flags', () => {
  it('come back as they were written, in every combination', () => {
    const words = new Int32Array(0x400);
    for (let flags = 0; flags <= ALL; flags++) {
      if (flags & ~ALL) continue;
      writeStatusFlags(words, flags);
      assert.equal(readStatusFlags(words), flags);
    }
  });
});
