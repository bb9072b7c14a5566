import { PAGE_SIZE } from '../../../processor/state/layout';
import type { Persistent } from '../../../processor/persistent';

/** A fixed number of host frames that come and go. */
export class FramePool implements Persistent<readonly number[]> {
  /** The one that is handed out next is the last. */
  private frames: number[];

  constructor(first: number, count: number) {
    this.frames = Array.from({ length: count }, (_, n) => first + (count - 1 - n) * PAGE_SIZE);
  }

  get free(): number {
    return this.frames.length;
  }

  /** @throws RangeError when there is none left: whoever asks sees to it that there is */
  allocate(): number {
    const frame = this.frames.pop();
    if (frame === undefined) throw new RangeError('no frame is left for shadow tables');
    return frame;
  }

  release(frame: number): void {
    this.frames.push(frame);
  }

  save(): readonly number[] {
    return [...this.frames];
  }

  restore(free: readonly number[]): void {
    this.frames = [...free];
  }
}
