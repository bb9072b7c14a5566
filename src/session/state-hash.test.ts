import assert from 'node:assert/strict';
import { hashOf } from './state-hash';

describe('hash of a state', () => {
  it('depends on values, not on the order of members or on what is undefined', () => {
    const one = { a: 1, b: [2n, 'x'], c: undefined, d: Uint8Array.of(1, 2) };
    const same = { d: Uint8Array.of(1, 2), b: [2n, 'x'], a: 1 };
    assert.equal(hashOf(one), hashOf(same));
    assert.match(hashOf(one), /^[0-9a-f]{64}$/);
  });

  const base = { a: 1, b: [1, 2], c: Uint8Array.of(1, 2, 3), d: true };
  for (const [what, other] of [
    ['a number', { ...base, a: 2 }],
    ['its type', { ...base, a: 1n }],
    ['a name', { b: base.b, c: base.c, d: base.d, x: 1 }],
    ['the end of an array', { ...base, b: [1, 2, 0] }],
    ['the order of an array', { ...base, b: [2, 1] }],
    ['a byte', { ...base, c: Uint8Array.of(1, 2, 4) }],
    ['a missing member', { a: 1, b: base.b, c: base.c }],
  ] as const) {
    it(`is another for ${what}`, () => {
      assert.notEqual(hashOf(other), hashOf(base));
    });
  }
});
