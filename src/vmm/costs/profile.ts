import type { CostEvent } from './events';

/** Where a figure is from. */
export type Basis =
  /** It stands in the source. */
  | 'published'
  /** Computed from published figures, as the source says. */
  | 'derived'
  /** Nobody has published it: a value of the right order. */
  | 'estimated';

export interface Figure {
  /** In processor cycles. */
  readonly cycles: number;
  readonly basis: Basis;
  readonly source: string;
}

/** What the events cost on one processor. */
export interface CostProfile {
  /** As reports spell it: 'pentium-4'. */
  readonly name: string;
  /** What the processor is called: a proper name. */
  readonly title: string;
  readonly figures: Readonly<Record<CostEvent, Figure>>;
}

export const published = (cycles: number, source: string): Figure => ({
  cycles,
  basis: 'published',
  source,
});

export const derived = (cycles: number, source: string): Figure => ({
  cycles,
  basis: 'derived',
  source,
});

export const estimated = (cycles: number, source: string): Figure => ({
  cycles,
  basis: 'estimated',
  source,
});
