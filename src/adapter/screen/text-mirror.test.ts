import assert from 'node:assert/strict';
import { printedSince } from './text-mirror';

describe('text on the screen, printed', () => {
  it('is what has come since', () => {
    assert.equal(printedSince([], ['Hello']), 'Hello');
    assert.equal(
      printedSince(['Hello'], ['Hello, world', 'and', '', 'you']),
      ', world\nand\n\nyou',
    );
    assert.equal(printedSince(['Hello'], ['Hello']), '');
  });

  it('the screen may have scrolled', () => {
    assert.equal(printedSince(['a', 'b', 'c'], ['b', 'c', 'd']), '\nd');
    assert.equal(printedSince(['a', 'b', 'c'], ['cd', 'e']), 'd\ne');
  });

  it('what is drawn anew is no print', () => {
    assert.equal(printedSince(['a', 'b'], ['x', 'y']), undefined);
    assert.equal(printedSince(['a', 'b'], []), undefined);
    assert.equal(printedSince(['10 %'], ['20 %']), undefined);
  });
});
