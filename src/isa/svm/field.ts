import type { BitTable } from '../bits';
import type { ManualReference } from '../manual';

/** Part of a VMCB: what the VMM wants and is told, or the guest's state (APM 2 appendix B). */
export type VmcbArea = 'control' | 'save';

/** Number of bits of a field. */
export type VmcbWidth = 8 | 16 | 32 | 64;

/** Where the state-save area begins in a VMCB (APM 2 15.5.1). */
export const SAVE_AREA = 0x400;

export interface VmcbFieldRow<Id extends string = string> {
  readonly id: Id;
  /** From the beginning of the VMCB. */
  readonly offset: number;
  readonly width: VmcbWidth;
  /** What the manual says of it. */
  readonly name: string;
  readonly area: VmcbArea;
  readonly section: ManualReference;
  /** How to read its bits, where it has any. */
  readonly bits: BitTable | undefined;
}

/** A field of the control area (APM 2 table B-1), at its offset in the VMCB. */
export function control<const Id extends string>(
  id: Id,
  offset: number,
  width: VmcbWidth,
  name: string,
  bits?: BitTable,
  section: ManualReference = 'APM 2 table B-1',
): VmcbFieldRow<Id> {
  return { id, offset, width, name, area: 'control', section, bits };
}

/** A field of the state-save area (APM 2 tables B-2 and B-4), at its offset in that area. */
export function save<const Id extends string>(
  id: Id,
  offset: number,
  width: VmcbWidth,
  name: string,
  bits?: BitTable,
  section: ManualReference = 'APM 2 table B-2',
): VmcbFieldRow<Id> {
  return { id, offset: SAVE_AREA + offset, width, name, area: 'save', section, bits };
}
