import assert from 'node:assert/strict';
import { AGES, ageOf } from './ages';

describe('how long ago a line was executed', () => {
  it('is told in steps, the latest first', () => {
    assert.deepEqual([1, 4, 5, 16, 17, 64, 65, 10_000].map(ageOf), [0, 0, 1, 1, 2, 2, 3, 3]);
  });

  it('never in more of them than there are', () => {
    assert.ok(ageOf(Number.MAX_SAFE_INTEGER) < AGES);
  });
});
