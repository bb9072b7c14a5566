import type { FieldRow } from '../../../isa/vmx/fields';

/** The fields of one register stand in one place: a segment's selector, base, limit and access rights. */

const PARTS = /^(?:GUEST|HOST)_([A-Z]+)_(SELECTOR|BASE|LIMIT|AR_BYTES)$/;

/** Which part of a register a field is, in the order in which one reads them. */
const ORDER = ['SELECTOR', 'BASE', 'LIMIT', 'AR_BYTES'];

/** The register that a field is a part of: 'CS', 'GDTR'; undefined where the field is all of it. */
function registerOf({ id }: FieldRow): string | undefined {
  return PARTS.exec(id)?.[1];
}

const placeOf = ({ id }: FieldRow): number => ORDER.indexOf(PARTS.exec(id)?.[2] ?? '');

/** A field, or the fields of a register. */
export type FieldOrRegister =
  | { readonly kind: 'field'; readonly field: FieldRow }
  | { readonly kind: 'register'; readonly name: string; readonly fields: readonly FieldRow[] };

/** Gathers the fields of registers that have several, each register where its first field stood. */
export function byRegister(fields: readonly FieldRow[]): FieldOrRegister[] {
  const taken = new Set<string>();
  return fields.flatMap((field): FieldOrRegister[] => {
    const name = registerOf(field);
    const parts = fields.filter((other) => registerOf(other) === name);
    if (name === undefined || parts.length < 2) return [{ kind: 'field', field }];
    if (taken.has(name)) return [];
    taken.add(name);
    const ordered = parts.sort((a, b) => placeOf(a) - placeOf(b));
    return [{ kind: 'register', name, fields: ordered }];
  });
}
