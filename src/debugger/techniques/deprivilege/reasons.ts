import { HOLE_KINDS, type HoleKind } from '../../../vmm';

/**
 * Numbers for the ways out of a deprivileged guest, and for the holes through which it does not come out. They lie
 * beyond the exit reasons of VT-x: a filter of one technique stops at nothing of another's.
 */
const TRAP = 0x100;
const HOLE = 0x200;

/** The trap through a vector of the monitor's IDT. */
export const trapReason = (vector: number): number => TRAP + vector;

export const holeReason = (kind: HoleKind): number => HOLE + HOLE_KINDS.indexOf(kind);

export type Reason =
  | { readonly kind: 'trap'; readonly vector: number }
  | { readonly kind: 'hole'; readonly hole: HoleKind };

export function reasonOf(number: number): Reason {
  const hole = HOLE_KINDS[number - HOLE];
  return hole ? { kind: 'hole', hole } : { kind: 'trap', vector: number - TRAP };
}
