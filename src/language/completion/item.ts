import type { Range } from '../text';

export type ItemKind =
  | 'instruction'
  | 'directive'
  | 'register'
  | 'label'
  | 'data'
  | 'constant'
  | 'structure'
  | 'field'
  | 'macro'
  | 'define'
  | 'section'
  | 'file'
  | 'folder'
  | 'word';

/** A word that may stand at the cursor. */
export interface CompletionItem {
  readonly label: string;
  readonly kind: ItemKind;
  /** A few words beside it. */
  readonly detail: string;
  /** What it replaces. */
  readonly range: Range;
  /** Where it is inserted otherwise than by its label. */
  readonly insert?: string;
  /** By what items are ordered: the likelier come first. */
  readonly sort: string;
}
