import assert from 'node:assert/strict';
import { parseHitCondition } from './hit-condition';

describe('parseHitCondition', () => {
  const hitsOf = (text: string): number[] => {
    const wanted = parseHitCondition(text);
    assert.ok(wanted, text);
    return [1, 2, 3, 4, 5, 6].filter(wanted);
  };

  it('counts from a hit on, at one, up to one, and every so many', () => {
    assert.deepEqual(hitsOf('4'), [4, 5, 6]);
    assert.deepEqual(hitsOf('>= 5'), [5, 6]);
    assert.deepEqual(hitsOf('> 5'), [6]);
    assert.deepEqual(hitsOf('== 2'), [2]);
    assert.deepEqual(hitsOf('=2'), [2]);
    assert.deepEqual(hitsOf('<3'), [1, 2]);
    assert.deepEqual(hitsOf('<= 3'), [1, 2, 3]);
    assert.deepEqual(hitsOf('% 3'), [3, 6]);
  });

  it('refuses everything else', () => {
    for (const text of ['', 'many', '5 5', '>= x', '-1', '% 3 4']) {
      assert.equal(parseHitCondition(text), undefined, text);
    }
    assert.deepEqual(hitsOf('% 0'), []);
  });
});
