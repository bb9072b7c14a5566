import assert from 'node:assert/strict';
import { arrowBetween, type Box } from './arrows';

const box = (x: number, y: number): Box => ({ x, y, width: 100, height: 50 });

describe('an arrow between two rooms', () => {
  it('leads from edge to edge, whichever way', () => {
    const right = arrowBetween(box(0, 0), box(200, 100));
    assert.deepEqual([right.from.x, right.to.x, right.angle], [100, 194, 0]);
    const left = arrowBetween(box(200, 0), box(0, 0));
    assert.deepEqual([left.from.x, left.to.x, left.angle], [200, 106, 180]);
    const down = arrowBetween(box(0, 0), box(0, 100));
    assert.deepEqual([down.from.y, down.to.y, down.angle], [50, 94, 90]);
    const up = arrowBetween(box(0, 100), box(0, 0));
    assert.deepEqual([up.from.y, up.to.y, up.angle], [100, 56, 270]);
  });

  it('does not lie on the one that leads back', () => {
    for (const other of [box(200, 0), box(0, 100)]) {
      const [forth, back] = [arrowBetween(box(0, 0), other), arrowBetween(other, box(0, 0))];
      assert.notDeepEqual(forth.badge, back.badge);
      assert.ok(Math.hypot(forth.badge.x - back.badge.x, forth.badge.y - back.badge.y) > 16);
    }
  });
});
