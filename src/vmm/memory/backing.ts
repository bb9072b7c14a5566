import type { Persistent } from '../../processor/persistent';
import type { FrameAllocator } from '../host/frames';

/** What gives a guest's RAM its frames: the host itself, or a process of the host's. */
export interface Backing extends Persistent<number | undefined> {
  /** The frame of a page, which gets one if it has none. @param page guest-physical */
  obtain(page: number): number;
  /** The same; it has this frame for good. */
  pin(page: number): number;
  /** What lies in a page that the guest's map does not lead to; undefined where nothing does. */
  unmapped(page: number): Uint8Array | undefined;
}

/** Frames straight from the host: whoever has one keeps it. */
export class HostFrames implements Backing {
  constructor(private readonly frames: FrameAllocator) {}

  obtain(): number {
    return this.frames.allocate();
  }

  pin(): number {
    return this.frames.allocate();
  }

  unmapped(): undefined {
    return undefined;
  }

  save(): number {
    return this.frames.save();
  }

  restore(taken: number | undefined): void {
    if (taken !== undefined) this.frames.restore(taken);
  }
}
