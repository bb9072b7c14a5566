import { bit, named, type BitField } from '../../bits';

/** A control as the manual names it; the constant spells the same name as an identifier. */
export function control<const Id extends string>(
  id: Id,
  low: number,
  name: string,
  gloss: string,
): BitField<Id> {
  return named(name, bit(id, low, gloss));
}
