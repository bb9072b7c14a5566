import assert from 'node:assert/strict';
import { formatMemory } from './hex-dump';

describe('formatMemory', () => {
  it('shows sixteen bytes a line with address and characters', () => {
    const bytes = Uint8Array.from([...Array(18).keys()].map((n) => n + 0x3e));
    assert.equal(
      formatMemory(0xffff800000001000n, bytes),
      'ffff800000001000  3e 3f 40 41 42 43 44 45  46 47 48 49 4a 4b 4c 4d  >?@ABCDEFGHIJKLM\n' +
        'ffff800000001010  4e 4f                                             NO\n',
    );
  });

  it('puts a dot for what cannot be shown, and nothing for nothing', () => {
    assert.match(formatMemory(0n, Uint8Array.of(0, 0x7f, 0x80)), / \.\.\.\n$/);
    assert.equal(formatMemory(0n, new Uint8Array(0)), '\n');
  });
});
