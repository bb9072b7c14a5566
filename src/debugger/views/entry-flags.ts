import { Pte } from '../../isa/paging';
import type { WalkStep } from '../../processor/paging/walk';

const RIGHTS = [
  [Pte.P, 'P'],
  [Pte.RW, 'W'],
  [Pte.US, 'U'],
  [Pte.A, 'A'],
  [Pte.D, 'D'],
  [Pte.PS, 'PS'],
  [Pte.G, 'G'],
  [Pte.XD, 'XD'],
] as const;

/** The flags of a paging-structure entry, by their letters. */
export function entryFlags(step: Pick<WalkStep, 'level' | 'entry' | 'leaf'>): string {
  return RIGHTS.filter(([bit]) => step.entry & bit)
    .filter(([, name]) => step.leaf || (name !== 'D' && name !== 'G'))
    .filter(([, name]) => name !== 'PS' || step.level > 1)
    .map(([, name]) => name)
    .join(' ');
}
