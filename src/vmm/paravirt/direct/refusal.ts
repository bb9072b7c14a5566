/** Something that a guest with direct paging wanted and must not have. Nothing of it has been done. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** Host-physical address of the entry, or of the table. */
  readonly address: number;
  /** What was to stand there. */
  readonly value: bigint;
}

export const REFUSAL_KINDS = [
  /** The frame is the monitor's, or another's, or there is none. */
  'foreign-frame',
  /** The guest could write to a page table. */
  'writable-table',
  /** A frame is to be a table that is something else: mapped writable, or a table of another level. */
  'used-frame',
  /** The entry that leads to the monitor. */
  'monitors-entry',
  /** A page larger than 4 KBytes would lie over frames whose uses nobody has counted. */
  'large-page',
  /** An address that no entry of a page table has. */
  'no-table',
  /** A page table was written without a call: by a device, or by an instruction that ignores read-only. */
  'unasked',
] as const;
export type RefusalKind = (typeof REFUSAL_KINDS)[number];
