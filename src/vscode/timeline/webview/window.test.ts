import assert from 'node:assert/strict';
import { countAt, fitted, showing, xOf, zoomed } from './window';

const LAST = 10_000;

describe('the part of a run that is shown', () => {
  it('is less or more around a place, which stays where it is', () => {
    const window = zoomed({ from: 0, to: 10_000 }, 0.5, 2000, LAST);
    assert.deepEqual(window, { from: 1000, to: 6000 });
    assert.equal(xOf(window, 2000, 500), xOf({ from: 0, to: 10_000 }, 2000, 500));
    assert.deepEqual(zoomed(window, 4, 2000, LAST), { from: 0, to: 10_000 });
  });

  it('is never shorter than can be told apart, nor beyond the ends', () => {
    assert.deepEqual(zoomed({ from: 100, to: 110 }, 0.01, 105, LAST), { from: 105, to: 113 });
    assert.deepEqual(fitted({ from: -50, to: 50 }, LAST), { from: 0, to: 100 });
    assert.deepEqual(fitted({ from: 9990, to: 10_050 }, LAST), { from: 9940, to: 10_000 });
    assert.deepEqual(fitted({ from: 0, to: 100 }, 3), { from: 0, to: 3 });
  });

  it('moves as far as a place needs that is to be seen', () => {
    const window = { from: 100, to: 200 };
    assert.equal(showing(window, 150, LAST), window);
    assert.deepEqual(showing(window, 250, LAST), { from: 150, to: 250 });
    assert.deepEqual(showing(window, 40, LAST), { from: 40, to: 140 });
  });

  it('knows which count lies where', () => {
    const window = { from: 100, to: 200 };
    assert.equal(countAt(window, xOf(window, 130, 777), 777), 130);
    assert.equal(countAt(window, -5, 777), 100);
    assert.equal(countAt(window, 9999, 777), 200);
  });
});
