import { Field } from '../../isa/vmx/fields';

/** The four guest-state fields of each segment register, in the order of the register numbers. */
export interface SegmentFields {
  readonly selector: Field;
  readonly base: Field;
  readonly limit: Field;
  readonly accessRights: Field;
}

const NAMES = ['ES', 'CS', 'SS', 'DS', 'FS', 'GS', 'LDTR', 'TR'] as const;

export const GUEST_SEGMENT_FIELDS: readonly SegmentFields[] = NAMES.map((name) => ({
  selector: Field[`GUEST_${name}_SELECTOR`],
  base: Field[`GUEST_${name}_BASE`],
  limit: Field[`GUEST_${name}_LIMIT`],
  accessRights: Field[`GUEST_${name}_AR_BYTES`],
}));

/** Selectors of the host-state area, in the order of the register numbers; there is no LDTR. */
export const HOST_SELECTOR_FIELDS: readonly Field[] = [
  Field.HOST_ES_SELECTOR,
  Field.HOST_CS_SELECTOR,
  Field.HOST_SS_SELECTOR,
  Field.HOST_DS_SELECTOR,
  Field.HOST_FS_SELECTOR,
  Field.HOST_GS_SELECTOR,
];
