import assert from 'node:assert/strict';
import { guestNames } from './guest-names';

describe('names of guests', () => {
  for (const [files, names] of [
    [
      ['a/clock.asm', 'b/counter.asm'],
      ['clock', 'counter'],
    ],
    [
      ['rings/kernel.asm', 'C:\\paging\\kernel.asm'],
      ['rings/kernel', 'paging/kernel'],
    ],
    [
      ['kernel.asm', 'kernel.asm', 'kernel.bin'],
      ['kernel', 'kernel 2', 'kernel 3'],
    ],
    [
      ['vmlinuz-6.1.0', '.hidden'],
      ['vmlinuz-6.1', '.hidden'],
    ],
    [[''], ['']],
  ] as const) {
    it(files.join(', '), () => {
      assert.deepEqual(guestNames(files), names);
    });
  }
});
