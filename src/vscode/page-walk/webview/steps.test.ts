import assert from 'node:assert/strict';
import { differences } from './differences';
import { neighbour } from './neighbours';
import { shadowed, twoDimensions } from './picture.testing';
import { back, cellAt, cellsOf, forward, isLit, lastOrder } from './steps';

describe('going through a page walk', () => {
  it('goes forward, and from the last reference to the first; back stays at the first', () => {
    assert.equal(lastOrder(twoDimensions()), 24);
    assert.deepEqual([forward(0, 24), forward(5, 24), forward(24, 24)], [1, 6, 1]);
    assert.deepEqual([back(24), back(2), back(1)], [23, 1, 1]);
    assert.deepEqual([forward(0, 0), back(0)], [0, 0]);
  });

  it('knows which entry a reference reads', () => {
    const picture = twoDimensions();
    const read = [1, 4, 5, 20, 24].map((order) => cellAt(picture, order)?.id);
    assert.deepEqual(read, ['level/4/4', 'level/4/1', 'level/4', 'level/1', 'level/0/1']);
    assert.equal(cellAt(picture, 25), undefined);
  });

  it('lights what has been read, and what no reference reads', () => {
    const lit = (count: number): number =>
      cellsOf(twoDimensions()).filter((cell) => isLit(cell, count)).length;
    assert.deepEqual([lit(0), lit(7), lit(24)], [0, 7, 24]);
    const shadow = cellsOf(shadowed()).filter((cell) => isLit(cell, 2));
    assert.deepEqual(
      shadow.map(({ id }) => id),
      ['level/4', 'level/3', 'level/2', 'shadow/4', 'shadow/3'],
    );
  });
});

describe('entries beside each other', () => {
  it('are found by the arrow keys', () => {
    const next = (id: string, direction: Parameters<typeof neighbour>[2]): string | undefined =>
      neighbour(twoDimensions(), id, direction);
    assert.equal(next('level/4/4', 'down'), 'level/4/3');
    assert.equal(next('level/4/1', 'down'), 'level/4');
    assert.equal(next('level/4', 'up'), 'level/4/1');
    assert.equal(next('level/3/2', 'right'), 'level/2/2');
    assert.equal(next('level/3/2', 'left'), 'level/4/2');
    assert.equal(next('level/4/4', 'up'), undefined);
    assert.equal(next('level/4', 'left'), undefined);
    assert.equal(next('nothing', 'left'), undefined);
  });
});

describe('differences of two pictures', () => {
  it('are entries of another value, of another place, or of one of them only', () => {
    const picture = twoDimensions();
    assert.deepEqual([...differences(picture, twoDimensions())], []);
    const columns = picture.columns.slice(0, 4).map((column) => {
      const { entry } = column;
      return entry && column.level === 1
        ? { ...column, entry: { ...entry, value: '0x2007' } }
        : column;
    });
    assert.deepEqual(
      [...differences(picture, { ...picture, columns })],
      ['level/1', 'level/0/4', 'level/0/3', 'level/0/2', 'level/0/1'],
    );
  });
});
