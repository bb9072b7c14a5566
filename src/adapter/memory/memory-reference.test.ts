import assert from 'node:assert/strict';
import { instructionReference, memoryReference, parseReference } from './memory-reference';

describe('memory references', () => {
  const spaces = ['gva', 'hva', 'gpa', 'hpa'] as const;

  it('come back from both forms', () => {
    for (const space of spaces) {
      for (const address of [0n, 0x7c00n, 0xffff_8000_0000_1000n, 2n ** 64n - 1n]) {
        const at = { space, address };
        assert.deepEqual(parseReference(memoryReference(at)), at);
        assert.deepEqual(parseReference(instructionReference(at)), at);
      }
    }
  });

  it('are numbers for clients that sort instructions by them, apart for each address space', () => {
    const numbers = spaces.flatMap((space) =>
      [0n, 2n ** 64n - 1n].map((address) => BigInt(instructionReference({ space, address }))),
    );
    assert.deepEqual(
      [...numbers].sort((a, b) => (a < b ? -1 : 1)),
      numbers,
    );
    assert.equal(new Set(numbers).size, numbers.length);
    assert.equal(BigInt(instructionReference({ space: 'gva', address: -3n })), -3n);
  });

  it('take plain numbers as guest-virtual, and refuse the rest', () => {
    assert.deepEqual(parseReference('0x10'), { space: 'gva', address: 16n });
    assert.deepEqual(parseReference('HPA: 0x10'), { space: 'hpa', address: 16n });
    for (const text of ['', ' ', 'rax', 'gva:', 'xyz:0x1', '0x1000000000000000000000000']) {
      assert.equal(parseReference(text), undefined, text);
    }
  });
});
