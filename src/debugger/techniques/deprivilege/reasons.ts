import { HOLE_KINDS, type HoleKind } from '../../../vmm';

/**
 * Numbers for the ways out of a deprivileged guest, and for the holes through which it does not come out. They lie
 * beyond the exit reasons of VT-x: a filter of one technique stops at nothing of another's.
 */
const TRAP = 0x100;
const HOLE = 0x200;
const HYPERCALL = 0x400;

/** The trap through a vector of the monitor's IDT. */
export const trapReason = (vector: number): number => TRAP + vector;

export const holeReason = (kind: HoleKind): number => HOLE + HOLE_KINDS.indexOf(kind);

/** The trap by which a kernel asks for a service. */
export const hypercallReason = (call: number): number => HYPERCALL + call;

export type Reason =
  | { readonly kind: 'trap'; readonly vector: number }
  | { readonly kind: 'hole'; readonly hole: HoleKind }
  | { readonly kind: 'hypercall'; readonly call: number };

export function reasonOf(number: number): Reason {
  if (number >= HYPERCALL) return { kind: 'hypercall', call: number - HYPERCALL };
  const hole = HOLE_KINDS[number - HOLE];
  return hole ? { kind: 'hole', hole } : { kind: 'trap', vector: number - TRAP };
}
