import assert from 'node:assert/strict';
import type { ComparedCosts } from '../../../adapter/comparison/protocol';
import { drawingOf, fittingScale } from './bars';

const costs = (...ways: readonly (readonly number[])[]): ComparedCosts => {
  const sums = ways.map((spent) => spent.reduce((all, part) => all + part, 0));
  return {
    profile: 'p',
    title: 'P',
    spendings: ['a', 'b'].map((id) => ({ id, label: id })),
    ways: ways.map((spent, n) => ({
      spent,
      cycles: sums[n] ?? 0,
      relative: (sums[n] ?? 0) / (sums[0] ?? 1),
    })),
  };
};

const near = (found: number, expected: number): void => {
  assert.ok(Math.abs(found - expected) < 1e-6, `${String(found)} is not ${String(expected)}`);
};

describe('bars of the comparison', () => {
  it('are as long as the cycles on a linear scale, and so are their parts', () => {
    const { bars, ticks } = drawingOf(costs([100, 0], [100, 300]), 'linear', 400);
    const [bare, other] = bars;
    near(bare?.width ?? 0, 100);
    near(other?.width ?? 0, 400);
    assert.deepEqual(
      other?.segments.map(({ spending, x, width }) => [spending, x, width]),
      [
        [0, 0, 100],
        [1, 100, 300],
      ],
    );
    assert.equal(bare?.segments.length, 1, 'what nothing is spent on is not drawn');
    assert.deepEqual([ticks[0]?.label, ticks.at(-1)?.label], ['×0', '×4']);
  });

  it('grow with the logarithm on the other, their parts by their share', () => {
    const { bars, ticks } = drawingOf(costs([10, 0], [500, 500]), 'logarithmic', 300);
    near(bars[0]?.width ?? 0, 100);
    near(bars[1]?.width ?? 0, 300);
    near(bars[1]?.segments[1]?.x ?? 0, 150);
    assert.deepEqual(
      ticks.map(({ label }) => label),
      ['×0.1', '×1', '×10', '×100'],
    );
  });

  it('are drawn on the scale on which all are seen', () => {
    assert.equal(fittingScale(costs([10, 0], [150, 0])), 'linear');
    assert.equal(fittingScale(costs([10, 0], [250, 0])), 'logarithmic');
  });

  it('may be of a guest that has done nothing', () => {
    for (const scale of ['linear', 'logarithmic'] as const) {
      const { bars } = drawingOf(costs([0, 0]), scale, 300);
      assert.deepEqual(bars, [{ width: 0, segments: [] }]);
    }
  });
});
