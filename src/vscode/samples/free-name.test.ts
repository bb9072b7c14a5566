import assert from 'node:assert/strict';
import { freeName } from './free-name';

const among =
  (...taken: string[]) =>
  (name: string) =>
    Promise.resolve(taken.includes(name));

describe('names of new files and folders', () => {
  it('are as wanted where nothing is', async () => {
    assert.equal(await freeName('first-exits', among('rings')), 'first-exits');
  });

  it('have the first number that is free', async () => {
    assert.equal(await freeName('rings', among('rings', 'rings-2')), 'rings-3');
  });

  it('keep their ending', async () => {
    assert.equal(await freeName('kernel.asm', among('kernel.asm')), 'kernel-2.asm');
  });
});
