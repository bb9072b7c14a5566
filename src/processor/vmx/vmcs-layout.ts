import { isHighAccess, VMCS_FIELDS, type Field } from '../../isa/vmx/fields';

/**
 * Where things lie in a VMCS region: the first 8 bytes as in SDM 3C 25.2, the rest is our own
 * format. Each field has a slot of 8 bytes, so that it is moved by one or two 32-bit words.
 */
export const REGION = { REVISION: 0, ABORT: 4, LAUNCH_STATE: 8, FIELDS: 16 } as const;
const SLOT = 8;
/** Distance of a field's words from those of the next field. */
export const FIELD_WORDS = SLOT / 4;

/** Number of bytes of the region in use. */
export const VMCS_BYTES_USED = REGION.FIELDS + SLOT * VMCS_FIELDS.length;

/** Distance of each field from the start of the region, by encoding; 0 where there is no field. */
const OFFSETS = new Uint16Array(0x8000);
VMCS_FIELDS.forEach((row, index) => {
  OFFSETS[row.encoding] = REGION.FIELDS + SLOT * index;
});

/**
 * Distance of a field from the start of its VMCS region, in bytes.
 * @throws RangeError when no such field exists
 */
export function fieldOffset(field: Field): number {
  const offset = OFFSETS[field & ~1] ?? 0;
  if (offset === 0) throw new RangeError(`no VMCS field 0x${field.toString(16)}`);
  return offset;
}

/**
 * The index of a field's lower word among the 32-bit words of its region; of its upper one with
 * access type "high".
 * @throws RangeError when no such field exists
 */
export function fieldWord(field: Field): number {
  return (fieldOffset(field) >> 2) + (isHighAccess(field) ? 1 : 0);
}

/** Whether a field has 16 bits. */
export const is16Bit = (field: Field): boolean => ((field >> 13) & 3) === 0;

/** Whether a field has 64 bits: those of natural width, too. */
export const is64Bit = (field: Field): boolean => ((field >> 13) & 1) === 1;

/** The field whose slot holds this offset, for whoever watches writes to the region. */
export function fieldAtOffset(offset: number): Field | undefined {
  return VMCS_FIELDS[Math.floor((offset - REGION.FIELDS) / SLOT)]?.encoding;
}
