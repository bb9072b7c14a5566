import assert from 'node:assert/strict';
import { isPresent, shadowDescriptor } from './descriptors';

const CODE_0 = 0x00cf9b000000ffffn;
const DATA_0 = 0x00cf93000000ffffn;
const CODE_3 = 0x00cffb000000ffffn;
const DATA_3 = 0x00cff3000000ffffn;
const FRESH_DATA_0 = 0x00cf92000000ffffn;
const TSS = 0x00008b0000000067n;
const dpl = (descriptor: bigint): number => Number((descriptor >> 45n) & 3n);

describe('a descriptor for a guest with less privilege', () => {
  for (const kernelIn of [1, 3] as const) {
    it(`of ring 0 is of ring ${String(kernelIn)} while its kernel runs there, and nothing else changes`, () => {
      for (const descriptor of [CODE_0, DATA_0]) {
        const shadow = shadowDescriptor(descriptor, { kernelIn }, false);
        assert.equal(dpl(shadow), kernelIn);
        assert.equal(shadow & ~(3n << 45n), descriptor & ~(3n << 45n));
      }
    });
  }

  it('of ring 0 stays what it is for users, who may not load it', () => {
    assert.equal(shadowDescriptor(DATA_0, 'user', false), DATA_0);
  });

  it('leads to the monitor where the ring changes: code of users is not present for the kernel', () => {
    assert.ok(!isPresent(shadowDescriptor(CODE_3, { kernelIn: 1 }, false)));
    assert.equal(shadowDescriptor(CODE_3, 'user', false), CODE_3);
    // Data of users a kernel loads at any time.
    assert.equal(shadowDescriptor(DATA_3, { kernelIn: 3 }, false), DATA_3);
  });

  it('of a gate or a TSS is never present', () => {
    for (const runs of ['user', { kernelIn: 1 }] as const) {
      assert.ok(!isPresent(shadowDescriptor(TSS, runs, false)));
    }
  });

  it('is not present before it is accessed, so that the flag is set in the guest’s own table', () => {
    assert.ok(!isPresent(shadowDescriptor(FRESH_DATA_0, { kernelIn: 1 }, false)));
    assert.equal(shadowDescriptor(FRESH_DATA_0, { kernelIn: 1 }, true), DATA_0 | (1n << 45n));
  });
});
