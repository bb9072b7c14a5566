import type { CpuState } from './cpu-state';
import { CS, Segment, State, segmentSlot } from './layout';

/** The linear address of the next instruction: the code segment's base and RIP, as fetches add them. */
export function linearRipOf(state: CpuState): bigint {
  const base = state.slot(segmentSlot(CS) + Segment.EFFECTIVE_BASE);
  return (base + state.rip) & state.slot(State.LINEAR_MASK);
}
