import { PAGE_SIZE } from '../../processor/state/layout';
import type { Persistent } from '../../processor/persistent';

/** Hands out page frames of host-physical memory, never the same one twice. */
export interface FrameAllocator extends Persistent<number> {
  /** The host-physical address of a free frame. @throws RangeError when there is none left */
  allocate(): number;
  readonly free: number;
}

/** So many bytes in frames that lie one behind the other. @returns the first */
export function allocateRun(frames: SequentialFrames, bytes: number): number {
  const first = frames.allocate();
  for (let n = PAGE_SIZE; n < bytes; n += PAGE_SIZE) frames.allocate();
  return first;
}

/** Frames one after the other, for the monitor's own structures. */
export class SequentialFrames implements FrameAllocator {
  private next: number;

  constructor(
    first: number,
    private readonly end: number,
  ) {
    this.next = first;
  }

  get free(): number {
    return (this.end - this.next) / PAGE_SIZE;
  }

  save(): number {
    return this.next;
  }

  restore(next: number): void {
    this.next = next;
  }

  allocate(): number {
    if (this.next >= this.end) throw new RangeError('the monitor is out of memory');
    const frame = this.next;
    this.next += PAGE_SIZE;
    return frame;
  }
}

/**
 * Frames in a scattered order that is the same in every run: neighbouring guest-physical pages lie
 * far apart, so that nobody takes a guest-physical address for a host-physical one.
 */
export class ScatteredFrames implements FrameAllocator {
  private taken = 0;
  private readonly stride: number;

  constructor(
    private readonly first: number,
    private readonly count: number,
  ) {
    let stride = Math.floor(count * 0.618) | 1;
    while (gcd(stride, count) !== 1) stride += 2;
    this.stride = stride;
  }

  get free(): number {
    return this.count - this.taken;
  }

  save(): number {
    return this.taken;
  }

  restore(taken: number): void {
    this.taken = taken;
  }

  allocate(): number {
    if (this.taken >= this.count) throw new RangeError('no host frame is left for the guest');
    this.taken++;
    const number = (this.taken * this.stride) % this.count;
    return this.first + number * PAGE_SIZE;
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
