import assert from 'node:assert/strict';
import { PhysicalMemory } from './physical-memory';
import { PAGE_SIZE } from './state/layout';

const SIZE = 1 << 20;

describe('physical memory that is saved and restored', () => {
  let memory: PhysicalMemory;

  beforeEach(() => {
    memory = new PhysicalMemory(SIZE);
  });

  const savedFrames = (): number[] => [...memory.save().frames];

  it('keeps the frames that hold anything, whoever has written', () => {
    assert.deepEqual(savedFrames(), []);
    memory.write64(2 * PAGE_SIZE - 4, 0x1122_3344_5566_7788n); // across two frames
    memory.writeBytes(4 * PAGE_SIZE - 1, Uint8Array.of(1, 0, 2));
    memory.pageWords(6 * PAGE_SIZE)[3] = 5;
    memory.inPlace(8 * PAGE_SIZE, PAGE_SIZE)[1] = 7;
    memory.written(8 * PAGE_SIZE, PAGE_SIZE);
    assert.deepEqual(savedFrames(), [1, 2, 3, 4, 6, 8]);
    memory.write64(2 * PAGE_SIZE - 4, 0n);
    assert.deepEqual(savedFrames(), [3, 4, 6, 8]);
  });

  it('keeps a frame in which somebody may write as a processor does', () => {
    memory.reach(5 * PAGE_SIZE);
    memory.frame(5 * PAGE_SIZE)[9] = 1;
    assert.deepEqual(savedFrames(), [5]);
  });

  it('holds again what it did, and nothing else', () => {
    memory.write8(3 * PAGE_SIZE, 0xaa);
    const saved = memory.save();
    memory.write8(3 * PAGE_SIZE + 1, 0xbb);
    memory.write8(SIZE - 1, 0xcc);
    memory.restore(saved);
    assert.deepEqual(memory.save(), saved);
    assert.equal(memory.read8(SIZE - 1), 0);
    const other = new PhysicalMemory(SIZE);
    other.restore(saved);
    assert.deepEqual(other.save(), saved);
  });

  it('counts what lay in a memory that somebody else has made', () => {
    memory.write8(7 * PAGE_SIZE, 1);
    const same = new PhysicalMemory(SIZE, 0, 0, memory.memory);
    assert.deepEqual(same.save(), memory.save());
  });
});
