import assert from 'node:assert/strict';
import type { MachineResponse } from '../../../adapter/machine-picture/protocol';
import { movesOf, wayBetween } from './moves';

type Moving = Pick<MachineResponse, 'path' | 'next' | 'here'>;

const picture = (rooms: string[], next?: string): Moving => ({
  path: rooms.map((room, at) => ({ room, at, name: '', kind: 'guest', by: '' })),
  here: rooms.at(-1),
  next: next === undefined ? undefined : { room: next, by: '' },
});

const drawn = (moving: Moving): string[] =>
  movesOf(moving).map(
    ({ from, to, number = 0, look }) => `${from} ${to} ${String(number)} ${look}`,
  );

describe('the arrows of the machine', () => {
  it('are the last two moves from room to room, numbered as the visits', () => {
    assert.deepEqual(drawn(picture(['a', 'b', 'b', 'c', 'a'])), ['b c 3 earlier', 'c a 4 latest']);
    assert.deepEqual(drawn(picture(['a'])), []);
  });

  it('lead on to what comes next', () => {
    const back = picture(['b', 'a', 'b'], 'a');
    assert.deepEqual(drawn(back), ['a b 2 latest', 'b a 0 next']);
    assert.deepEqual(drawn(picture(['a', 'b'], 'a')), ['a b 1 latest', 'b a 0 next']);
  });
});

describe('the way of the marker', () => {
  it('goes through the rooms that were visited since', () => {
    const before = picture(['a', 'b']);
    assert.deepEqual(wayBetween(before, picture(['a', 'b', 'c', 'c', 'a'])), ['b', 'c', 'a']);
  });

  it('is direct where that is not known any more', () => {
    const now = { ...picture(['x', 'y']), path: [] };
    assert.deepEqual(wayBetween(picture(['a', 'b']), now), ['b', 'y']);
  });

  it('stays where it is, and has to begin somewhere', () => {
    assert.deepEqual(wayBetween(picture(['a', 'b']), picture(['a', 'b'])), ['b']);
    assert.deepEqual(wayBetween(undefined, picture(['a', 'b'])), ['b']);
    assert.deepEqual(wayBetween(undefined, { ...picture([]), here: undefined }), []);
  });
});
