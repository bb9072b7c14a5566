import type { ProcessorCaches } from './execution/memory-caches';
import type { PhysicalMemory } from './physical-memory';
import { PAGE_SIZE } from './state/layout';

/**
 * Which frames of a memory have been written since somebody last asked, whoever has: processors, by their first store
 * to a page, which the TLB keeps from going straight; devices and the monitor, as they tell. Those that somebody writes
 * in place without telling count always.
 */
export class DirtyFrames {
  private readonly flags: Uint8Array;
  private list: number[] = [];
  private readonly isClean = (address: number): boolean => this.flags[address / PAGE_SIZE] === 0;

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly caches: Pick<ProcessorCaches, 'track'>,
  ) {
    this.flags = new Uint8Array(Math.ceil(memory.size / PAGE_SIZE));
    memory.onWrite((address, length) => {
      this.note(address, length);
    });
    this.caches.track(this.isClean);
  }

  /** The numbers of those frames, each once; from now on none of them is dirty. */
  take(): number[] {
    const { list, flags } = this;
    this.list = [];
    const always = [...this.memory.framesInHand].filter((frame) => flags[frame] === 0);
    for (const frame of list) flags[frame] = 0;
    this.caches.track(this.isClean);
    return [...list, ...always];
  }

  private note(address: number, length: number): void {
    const last = Math.floor((address + length - 1) / PAGE_SIZE);
    for (let frame = Math.floor(address / PAGE_SIZE); frame <= last; frame++) {
      if (this.flags[frame] !== 0) continue;
      this.flags[frame] = 1;
      this.list.push(frame);
    }
  }
}
