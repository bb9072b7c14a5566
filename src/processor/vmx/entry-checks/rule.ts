import type { ManualReference } from '../../../isa/manual';
import { fieldByEncoding, fieldName, type Field } from '../../../isa/vmx/fields';
import type { EntryView } from './view';

/** The three groups of checks, in the order the processor makes them (SDM 3C 27.1). */
export type CheckArea = 'controls' | 'host' | 'guest';

/** One check of SDM 3C 27.2 or 27.3. */
export interface EntryCheck {
  /** Stable name: area, subject, rule. */
  readonly id: string;
  readonly area: CheckArea;
  /** The fields the rule speaks of, the one to blame first. */
  readonly fields: readonly Field[];
  readonly section: ManualReference;
  readonly ok: (view: EntryView) => boolean;
  /** What the rule allows, in the user's language. */
  readonly allowed: (view: EntryView) => string;
  /** Exit qualification of a guest-state failure where it is not 0 (SDM 3C 27.8). */
  readonly qualification: number;
}

/** A check that a VM entry did not pass. */
export interface EntryCheckFailure {
  readonly id: string;
  readonly area: CheckArea;
  readonly fields: readonly Field[];
  /** What stands in the fields: `GUEST_CR0 = 0x20`. */
  readonly found: string;
  /** What the rule allows, in the user's language. */
  readonly allowed: string;
  readonly section: ManualReference;
  readonly qualification: number;
}

type Rule = Omit<EntryCheck, 'area' | 'section'>;

export function rule(
  id: string,
  fields: Field | readonly Field[],
  ok: (view: EntryView) => boolean,
  allowed: (view: EntryView) => string,
  qualification = 0,
): Rule {
  return { id, fields: [fields].flat(), ok, allowed, qualification };
}

/** The rules of one section of the manual. */
export function checks(
  area: CheckArea,
  section: ManualReference,
  rules: readonly Rule[],
): readonly EntryCheck[] {
  return rules.map((each) => ({ ...each, id: `${area}.${each.id}`, area, section }));
}

/** A value as wide as its field, in hexadecimal. */
export function hex(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

function shown(view: EntryView, field: Field): string {
  return `${fieldByEncoding(field)?.id ?? fieldName(field)} = ${hex(view.field(field))}`;
}

/** Makes a check; undefined when it passes. */
export function failureOf(check: EntryCheck, view: EntryView): EntryCheckFailure | undefined {
  if (check.ok(view)) return undefined;
  const { id, area, fields, section, qualification } = check;
  const found = fields.map((field) => shown(view, field)).join(', ');
  return { id, area, fields, found, allowed: check.allowed(view), section, qualification };
}
