import type { Span } from '../program/diagnostics';
import type { Defined, NameKind } from '../program/recorder';

/** What an entity is to its reader. */
export type EntityKind =
  'label' | 'local' | 'equ' | 'structure' | 'field' | 'define' | 'macro' | 'section' | 'file';

/** One place in the source where an entity is named. */
export interface Occurrence {
  readonly span: Span;
  readonly entity: Entity;
  /** What stands there: `.loop` for the label `main.loop`. */
  readonly text: string;
  readonly definition: boolean;
  /** Found by its spelling in a line that is not assembled, such as the other branch of an `%if`. */
  readonly guessed: boolean;
  /** Of the use of a macro: the definition in force there. */
  readonly target?: Occurrence | undefined;
  /** Of a definition. */
  readonly defined?: Defined | undefined;
}

/** Something with a name: a label, a constant, a macro, a section, a file. */
export interface Entity {
  readonly kind: NameKind;
  /** In full. A label in a macro has a name for each call; this is that of the first. */
  readonly name: string;
  /** All names it has: for one that macros make anew in each call. */
  readonly names: readonly string[];
  readonly what: EntityKind;
  readonly definitions: readonly Occurrence[];
  readonly uses: readonly Occurrence[];
  /** Its name is not written anywhere: a macro has put it together. */
  readonly generated: boolean;
}

/** A name as a person writes it: `%%again` for the `..@7.again` of a macro's seventh call. */
export function shownName(name: string): string {
  const own = /^\.\.@\d+\.(.+)$/.exec(name);
  return own ? `%%${own[1] ?? ''}` : name;
}
