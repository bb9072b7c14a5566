import assert from 'node:assert/strict';
import { bitLength, shiftSticky, squareRoot } from './whole-numbers';

describe('whole numbers', () => {
  it('have a length, also just below and at powers of two', () => {
    for (let n = 1; n < 2200; n++) {
      assert.equal(bitLength((1n << BigInt(n)) - 1n), n);
      assert.equal(bitLength(1n << BigInt(n)), n + 1);
    }
  });

  it('have a square root, rounded down', () => {
    for (const root of [0n, 1n, 2n, 3n, 0xffffffffn, 1n << 90n, (1n << 131n) - 1n]) {
      assert.equal(squareRoot(root * root), root);
      assert.equal(squareRoot(root * root + 2n * root), root);
    }
  });

  it('keep what a shift to the right loses as a sticky bit', () => {
    assert.equal(shiftSticky(0b1000n, -3), 1n);
    assert.equal(shiftSticky(0b10100n, -3), 3n);
    assert.equal(shiftSticky(0b10001n, -3), 3n);
    assert.equal(shiftSticky(1n, 3), 8n);
  });
});
