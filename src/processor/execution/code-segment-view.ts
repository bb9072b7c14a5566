import { CS, Segment, State, segmentSlot, wordOf } from '../state/layout';
import type { CpuState } from '../state/cpu-state';

const BASE = wordOf(segmentSlot(CS) + Segment.EFFECTIVE_BASE);
const LIMIT = wordOf(State.FETCH_LIMIT);

/** What a code segment shows of memory, and how it is decoded: base, limit and bitness. */
export class CodeSegmentView {
  private readonly seen = new Int32Array(5);

  /** Takes the present code segment; tells whether it is another one. */
  update({ words, codeBits }: CpuState): boolean {
    const { seen } = this;
    const same =
      seen[0] === words[BASE] &&
      seen[1] === words[BASE + 1] &&
      seen[2] === words[LIMIT] &&
      seen[3] === words[LIMIT + 1] &&
      seen[4] === codeBits;
    if (same) return false;
    seen[0] = words[BASE] ?? 0;
    seen[1] = words[BASE + 1] ?? 0;
    seen[2] = words[LIMIT] ?? 0;
    seen[3] = words[LIMIT + 1] ?? 0;
    seen[4] = codeBits;
    return true;
  }
}
