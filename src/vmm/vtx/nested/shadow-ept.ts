import { PAGE_SIZE } from '../../../processor/state/layout';
import type { Persistent } from '../../../processor/persistent';
import type { PhysicalMemory } from '../../../processor/physical-memory';
import { SequentialFrames } from '../../host/frames';
import { EptBuilder } from '../../memory/ept-builder';

/** Frames that its tables can take. */
export const SHADOW_EPT_FRAMES = 512;

/** More tables than a page at an address that has none yet can need. */
const FOR_ONE_PAGE = 3;

/**
 * The EPT by which L2 runs (EPT02): it leads from L2's physical addresses to host frames in one walk, where L1's EPT and the
 * monitor's would take two. It is filled in as L2 touches pages, and thrown away as a whole when L1 says by INVEPT
 * that its own has changed, when it uses another one, or when the monitor's has changed.
 */
export class ShadowEpt implements Persistent<number> {
  private readonly frames: SequentialFrames;
  private readonly tables: EptBuilder;
  private readonly empty: number;

  /** @param first the first of `SHADOW_EPT_FRAMES` frames that lie one behind the other */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly first: number,
  ) {
    this.frames = new SequentialFrames(first, first + SHADOW_EPT_FRAMES * PAGE_SIZE);
    this.tables = new EptBuilder(memory, this.frames);
    this.empty = this.frames.save();
  }

  /** EPTP. */
  get pointer(): bigint {
    return this.tables.pointer;
  }

  /** Maps a page of L2's. Where there is no room for tables any more, it begins anew. @param rights of `EptRights` */
  map(page: bigint, frame: number, rights: number): void {
    if (this.frames.free < FOR_ONE_PAGE) this.forgetAll();
    this.tables.map(page, frame, rights);
  }

  /** Nothing is mapped any longer. Whoever calls sees to it that the processor forgets, too. */
  forgetAll(): void {
    for (let frame = this.first; frame < this.frames.save(); frame += PAGE_SIZE) {
      this.memory.pageWords(frame).fill(0);
      this.memory.written(frame, PAGE_SIZE);
    }
    this.frames.restore(this.empty);
  }

  /** The tables themselves lie in host memory. */
  save(): number {
    return this.frames.save();
  }

  restore(next: number): void {
    this.frames.restore(next);
  }
}
