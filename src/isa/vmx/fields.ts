import { CONTROL_FIELDS } from './fields/control';
import { EXIT_INFORMATION_FIELDS } from './fields/exit-information';
import type { FieldRow } from './fields/field';
import { GUEST_FIELDS } from './fields/guest';
import { HOST_FIELDS } from './fields/host';

export type { FieldArea, FieldCondition, FieldRow, FieldWidth } from './fields/field';

/**
 * Every field of the VMCS (SDM 3D appendix B). The constants are spelled as hypervisors written in C
 * usually spell them; their values are the encodings VMREAD and VMWRITE take.
 */
const ROWS = [
  ...CONTROL_FIELDS,
  ...EXIT_INFORMATION_FIELDS,
  ...GUEST_FIELDS,
  ...HOST_FIELDS,
] as const;

export type FieldId = (typeof ROWS)[number]['id'];

/** A VMCS field encoding. */
export type Field = number;

/** Encodings by name: `Field.GUEST_CR3`. */
export const Field = Object.fromEntries(ROWS.map((row) => [row.id, row.encoding])) as {
  readonly [Id in FieldId]: Field;
};

/** All rows: controls, exit information, guest state, host state, each by rising encoding. */
export const VMCS_FIELDS: readonly FieldRow<FieldId>[] = ROWS;

const BY_ENCODING = new Map<number, FieldRow<FieldId>>(ROWS.map((row) => [row.encoding, row]));
const BY_ID = new Map<string, FieldRow<FieldId>>(ROWS.map((row) => [row.id, row]));

/** The row of an encoding. The "high" access type (bit 0) finds the row of the whole 64-bit field. */
export function fieldByEncoding(encoding: number): FieldRow<FieldId> | undefined {
  const row = BY_ENCODING.get(encoding & ~1);
  return isHighAccess(encoding) && row?.width !== 64 ? undefined : row;
}

/** The row of a name, any case: `guest_cr3`. */
export function fieldByName(name: string): FieldRow<FieldId> | undefined {
  return BY_ID.get(name.toUpperCase());
}

/** Whether an encoding means the upper 32 bits of a 64-bit field (SDM 3C 25.11.2). */
export function isHighAccess(encoding: number): boolean {
  return (encoding & 1) !== 0;
}

/** Name for people: `GUEST_CR3`, or the encoding in hexadecimal when there is no such field. */
export function fieldName(encoding: number): string {
  const row = fieldByEncoding(encoding);
  if (!row) return `0x${encoding.toString(16)}`;
  return isHighAccess(encoding) ? `${row.id} (high)` : row.id;
}

/** Number of bits a field holds on a processor with 64-bit mode. */
export function fieldBits(row: FieldRow): 16 | 32 | 64 {
  return row.width === 'natural' ? 64 : row.width;
}
