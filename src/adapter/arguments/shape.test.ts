import assert from 'node:assert/strict';
import { anyObject, choice, count, flag, list, object, optional, text, whole } from './shape';

interface Point {
  name: string;
  x?: number;
}

const POINT = object<Point>({ name: text, x: optional(whole) });

describe('shapes of arguments', () => {
  it('give a value as it is', () => {
    assert.deepEqual(POINT.read({ name: 'a', x: -3 }, ''), { name: 'a', x: -3 });
    assert.deepEqual(list(count).read([0, 7], 'l'), [0, 7]);
    assert.equal(choice('up', 'down').read('down', 'way'), 'down');
  });

  it('leave what they do not know', () => {
    assert.deepEqual(POINT.read({ name: 'a', more: [1] }, ''), { name: 'a', more: [1] });
  });

  it('take null for something that is absent, and leave it out', () => {
    assert.deepEqual(Object.keys(POINT.read({ name: 'a', x: null }, '')), ['name']);
  });

  it('never touch the prototype', () => {
    const hostile = JSON.parse('{"name": "a", "__proto__": {"x": 1}}') as unknown;
    assert.equal(POINT.read(hostile, '').x, undefined);
  });

  const wrong: [string, () => unknown, string][] = [
    ['a missing text', () => POINT.read({}, ''), '"name" is missing: it must be a text.'],
    ['a null', () => POINT.read({ name: null }, ''), '"name" must be a text, not null.'],
    ['a fraction', () => whole.read(1.5, 'line'), '"line" must be a whole number, not 1.5.'],
    [
      'more than a double holds',
      () => whole.read(1e300, 'n'),
      '"n" must be a whole number, not 1e+300.',
    ],
    [
      'less than nothing',
      () => count.read(-1, 'n'),
      '"n" must be a whole number from 0 on, not -1.',
    ],
    ['a number for a flag', () => flag.read(1, 'hex'), '"hex" must be true / false, not 1.'],
    [
      'another choice',
      () => choice('up', 'down').read('in', 'way'),
      '"way" must be "up" / "down", not "in".',
    ],
    ['a list for an object', () => anyObject.read([1], 'o'), '"o" must be an object, not […].'],
    ['an object for a list', () => list(text).read({}, 'l'), '"l" must be a list, not {…}.'],
    [
      'something deep inside, by its path',
      () => object({ points: list(POINT) }).read({ points: [{ name: 'a' }, { name: 2 }] }, ''),
      '"points[1].name" must be a text, not 2.',
    ],
  ];
  for (const [what, read, message] of wrong) {
    it(`refuse ${what}`, () => {
      assert.throws(read, { name: 'RequestError', message });
    });
  }

  it('repeat no long value', () => {
    const long = 'x'.repeat(100_000);
    assert.throws(
      () => whole.read(long, 'n'),
      (error: Error) => error.message.length < 100,
    );
  });
});
