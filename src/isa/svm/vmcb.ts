import { CONTROL_FIELDS } from './control-fields';
import type { VmcbFieldRow } from './field';
import { SAVE_FIELDS } from './save-fields';

export { SAVE_AREA, type VmcbArea, type VmcbFieldRow, type VmcbWidth } from './field';

/** Every field of a VMCB (APM 2 appendix B): the control area, then the state-save area. */
const ROWS = [...CONTROL_FIELDS, ...SAVE_FIELDS] as const;

export type VmcbFieldId = (typeof ROWS)[number]['id'];

export const VMCB_FIELDS: readonly VmcbFieldRow<VmcbFieldId>[] = ROWS;

/** Bytes of a VMCB (APM 2 15.5.1). */
export const VMCB_SIZE = 0x1000;

const BY_ID = new Map<string, VmcbFieldRow<VmcbFieldId>>(ROWS.map((row) => [row.id, row]));

/** From the beginning of the VMCB. */
export const vmcbOffset = (id: VmcbFieldId): number => BY_ID.get(id)?.offset ?? 0;

const BY_OFFSET = new Map<number, VmcbFieldRow<VmcbFieldId>>(ROWS.map((row) => [row.offset, row]));

/** The field that begins at an offset in the VMCB. */
export const vmcbFieldAt = (offset: number): VmcbFieldRow<VmcbFieldId> | undefined =>
  BY_OFFSET.get(offset);

/** The row of a name, any case: `guest_asid`. */
export function vmcbField(name: string): VmcbFieldRow<VmcbFieldId> | undefined {
  return BY_ID.get(name.toUpperCase());
}
