import assert from 'node:assert/strict';
import { DirtyFrames } from './dirty-frames';
import { PhysicalMemory } from './physical-memory';
import { PAGE_SIZE } from './state/layout';

/** What the TLB would be told: of which frames stores must not go straight. */
function made(): {
  memory: PhysicalMemory;
  dirty: DirtyFrames;
  isSlow: (frame: number) => boolean;
} {
  const memory = new PhysicalMemory(16 * PAGE_SIZE);
  let tracks: ((address: number) => boolean) | undefined;
  const dirty = new DirtyFrames(memory, { track: (told) => (tracks = told) });
  return { memory, dirty, isSlow: (frame) => tracks?.(frame * PAGE_SIZE) === true };
}

describe('dirty frames', () => {
  it('are those that were written since somebody last asked, each once', () => {
    const { memory, dirty } = made();
    memory.write8(0x2fff, 1);
    memory.write8(0x2000, 1);
    memory.writeBytes(0x4ff0, new Uint8Array(0x1020));
    assert.deepEqual(dirty.take(), [2, 4, 5, 6]);
    assert.deepEqual(dirty.take(), []);
  });

  it('may be written straight until then', () => {
    const { memory, dirty, isSlow } = made();
    assert.equal(isSlow(2), true);
    memory.write8(0x2000, 1);
    assert.equal(isSlow(2), false);
    dirty.take();
    assert.equal(isSlow(2), true);
  });

  it('are always those that somebody has in his hand', () => {
    const { memory, dirty } = made();
    memory.pageWords(0x3000);
    assert.deepEqual(dirty.take(), [3]);
    memory.write8(0x3000, 1);
    assert.deepEqual(dirty.take(), [3]);
  });
});
