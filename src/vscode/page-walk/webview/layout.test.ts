import assert from 'node:assert/strict';
import type { WalkPicture } from '../../../adapter/page-walk/protocol';
import { layoutOf, type Box, type CellBox } from './layout';
import { shadowed, twoDimensions } from './picture.testing';

const layout = (picture: WalkPicture) => layoutOf(picture, { entry: 'entry', shadow: 'shadow' });

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function find(cells: readonly CellBox[], id: string): CellBox {
  const box = cells.find(({ cell }) => cell.id === id);
  assert.ok(box, id);
  return box;
}

describe('where things stand in a page walk', () => {
  it('has every entry in a place of its own, within the picture', () => {
    const { cells, width, height } = layout(twoDimensions());
    assert.equal(cells.length, 24);
    for (const [n, box] of cells.entries()) {
      assert.ok(box.x >= 0 && box.x + box.width <= width && box.y + box.height <= height);
      for (const other of cells.slice(n + 1)) assert.ok(!overlap(box, other));
    }
  });

  it('has the guest’s levels across, and those of the second dimension down', () => {
    const { cells, rows } = layout(twoDimensions());
    const entries = [4, 3, 2, 1].map((level) => find(cells, `level/${String(level)}`));
    assert.equal(new Set(entries.map(({ y }) => y)).size, 1);
    const xs = entries.map(({ x }) => x);
    assert.deepEqual(
      xs,
      [...xs].sort((a, b) => a - b),
    );
    const below = [4, 3, 2, 1].map((level) => find(cells, `level/3/${String(level)}`));
    assert.ok(below.every(({ x }) => x === find(cells, 'level/3').x));
    const ys = [...below, find(cells, 'level/3')].map(({ y }) => y);
    assert.deepEqual(
      ys,
      [...ys].sort((a, b) => a - b),
    );
    assert.deepEqual(
      rows.map(({ text }) => text),
      ['CR3 → 0x1000', 'EPT PML4E', 'EPT PDPTE', 'EPT PDE', 'EPT PTE', 'entry'],
    );
  });

  it('has the bits of the address over the column that they index', () => {
    const { cells, parts } = layout(twoDimensions());
    for (const { part, x, width } of parts.filter(({ part }) => Number(part.level) > 0)) {
      const entry = find(cells, `level/${String(part.level)}`);
      assert.deepEqual([x, width], [entry.x, entry.width]);
    }
  });

  it('leads from each entry to the address in it, and from the last to the page', () => {
    const { leads, ends, captions } = layout(twoDimensions());
    assert.equal(leads.length, 4);
    assert.deepEqual(
      leads.map(({ to }) => to),
      captions.slice(1),
    );
    assert.deepEqual(
      ends.map(({ text }) => text),
      ['HPA 0x9000'],
    );
  });

  it('is as wide as long values need', () => {
    const picture = twoDimensions();
    const entry = picture.columns[3]?.entry;
    assert.ok(entry);
    const long = { ...entry, value: '0x8000000000123067' };
    const columns = picture.columns.map((column) =>
      column.level === 1 ? { ...column, entry: long } : column,
    );
    const width = (of: WalkPicture): number => find(layout(of).cells, 'level/1').width;
    assert.ok(width({ ...picture, columns }) > width(picture));
  });

  it('says which levels a walk does not come to', () => {
    const picture = twoDimensions();
    const columns = picture.columns.map((column) =>
      column.level < 2
        ? { id: column.id, level: column.level, name: column.name, second: [] }
        : column,
    );
    const { missing, ends } = layout({ ...picture, columns });
    assert.deepEqual(
      missing.map(({ name }) => name),
      ['PTE', 'page'],
    );
    assert.deepEqual(ends, []);
  });

  it('has the shadow tables below the guest’s, with levels that only they have', () => {
    const { cells, missing, rows, height } = layout(shadowed());
    for (const level of [4, 3, 2]) {
      const [guest, shadow] = [`level/${String(level)}`, `shadow/${String(level)}`];
      assert.equal(find(cells, guest).x, find(cells, shadow).x);
      assert.ok(find(cells, guest).y < find(cells, shadow).y);
    }
    assert.ok(find(cells, 'shadow/1').x > find(cells, 'shadow/2').x);
    assert.ok(find(cells, 'shadow/1').y + 40 <= height);
    assert.deepEqual(missing, []);
    assert.equal(rows.at(-1)?.text, 'shadow');
  });
});
