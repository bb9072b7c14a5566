import type { Value } from './value';
import type { VectorChoice } from './x86/cpu-levels';
import type { Choice } from './x86/select';

/** What was chosen for an instruction, and by what; the choice stands as long as that stays the same. */
export interface Decision {
  readonly values: readonly Value[];
  /** The place in its section: that of a branch counts. */
  readonly position: number;
  readonly bits: number;
  readonly cpu: number;
  readonly vectors: VectorChoice;
  readonly defaultRelative: boolean;
  readonly choice: Choice;
}
