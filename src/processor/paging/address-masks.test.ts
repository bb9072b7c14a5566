import assert from 'node:assert/strict';
import { addressMasks } from './address-masks';

describe('what MAXPHYADDR makes of a paging-structure entry', () => {
  const cases = [
    // width, frame, reserved
    [36, 0x0000000ffffff000n, 0x000ffff000000000n],
    [39, 0x0000007ffffff000n, 0x000fff8000000000n],
    [52, 0x000ffffffffff000n, 0n],
  ] as const;
  for (const [width, frame, reserved] of cases) {
    it(`${String(width)} bits: the address, and what must be 0 up to bit 51`, () => {
      const masks = addressMasks(width);
      assert.deepEqual([masks.frame, masks.reserved], [frame, reserved]);
      assert.equal(BigInt(masks.frameHigh), frame >> 32n);
      assert.equal(BigInt(masks.reservedHigh), reserved >> 32n);
    });
  }

  it('is not defined beyond 52 bits', () => {
    assert.throws(() => addressMasks(53), RangeError);
  });
});
