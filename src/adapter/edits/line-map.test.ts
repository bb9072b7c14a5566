import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineMap } from './line-map';

const text = (lines: string): string => [...lines].join('\n');

describe('LineMap', () => {
  it('follows lines above which others were put in or taken out', () => {
    const map = new LineMap(text('abcdef'), text('xyabdef'));
    assert.deepEqual(
      [1, 2, 4, 5, 6].map((line) => map.toPresent(line)),
      [3, 4, 5, 6, 7],
    );
    assert.deepEqual(
      [3, 4, 5, 6, 7].map((line) => map.toAssembled(line)),
      [1, 2, 4, 5, 6],
    );
  });

  it('puts a line that is gone where it was, and a new one before the next that was there', () => {
    const map = new LineMap(text('abcd'), text('abxd'));
    assert.equal(map.toPresent(3), 3);
    assert.equal(map.toAssembled(3), 3);
    const longer = new LineMap(text('ab'), text('axyb'));
    assert.equal(longer.toAssembled(2), 2);
    assert.equal(longer.toAssembled(3), 2);
  });

  it('knows lines at the ends', () => {
    const shorter = new LineMap(text('abc'), 'a');
    assert.equal(shorter.toPresent(3), 2);
    const grown = new LineMap('a', text('abc'));
    assert.equal(grown.toAssembled(3), 2);
    assert.equal(new LineMap('', text('ab')).toPresent(1), 1);
  });

  it('leads to the same text and back, in the order of the lines', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const map = new LineMap(before.join('\n'), after.join('\n'));
        const there = before.map((_, n) => map.toPresent(n + 1));
        assert.deepEqual(
          there,
          there.toSorted((a, b) => a - b),
        );
        there.forEach((line, n) => {
          if (map.lacks(n + 1)) return;
          assert.equal(after[line - 1] ?? '', before[n]);
          assert.equal(map.toAssembled(line), n + 1);
        });
      }),
    );
  });
});
