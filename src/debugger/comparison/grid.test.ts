import assert from 'node:assert/strict';
import { asCsv, asMarkdown, asText, relative } from './grid';

const GRID = {
  header: ['a', 'b'],
  rows: [
    ['one, "two"', '1'],
    ['x|y', 'two\nlines'],
  ],
};

describe('tables', () => {
  it('stand in columns, numbers to the right, wide characters counted twice', () => {
    const rows = [
      ['指令数', '1,234'],
      ['abc', '7'],
    ];
    assert.equal(
      asText({ header: ['h', 'way'], rows }),
      'h         way\n指令数  1,234\nabc         7',
    );
  });

  it('are escaped in CSV', () => {
    assert.equal(asCsv(GRID), 'a,b\r\n"one, ""two""",1\r\nx|y,"two\nlines"\r\n');
  });

  it('are escaped in Markdown', () => {
    assert.equal(
      asMarkdown(GRID),
      '| a | b |\n| --- | ---: |\n| one, "two" | 1 |\n| x\\|y | two lines |',
    );
  });

  it('relate to the first column, where there is something to divide by', () => {
    const score = (bare: number | string) => ({ id: '', label: '', values: [bare, 6] });
    assert.equal(relative(score(4), 6), 1.5);
    assert.equal(relative(score(0), 6), undefined);
    assert.equal(relative(score('halt'), 6), undefined);
    assert.equal(relative(score(4), undefined), undefined);
  });
});
