import { bit, masksOf, named, range, table } from './bits';

/** The attributes of a segment register's hidden part, in the format of the VMCS. */

/** Access rights as the VMCS holds them (SDM 3C 25.4.1, table 25-2). */
export const ACCESS_RIGHTS = table('Access rights', 'SDM 3C 25.4.1', [
  range('TYPE', 3, 0, 'Segment type.'),
  bit('S', 4, 'Descriptor type.', { 0: 'system', 1: 'code or data' }),
  range('DPL', 6, 5, 'Descriptor privilege level.'),
  bit('P', 7, 'Present.'),
  bit('AVL', 12, 'Available for use by system software.'),
  bit('L', 13, '64-bit code (CS only).'),
  bit('DB', 14, 'Default operation size.', { 0: '16-bit', 1: '32-bit' }),
  bit('G', 15, 'Granularity of the limit.', { 0: 'bytes', 1: '4 KBytes' }),
  named('Unusable', bit('UNUSABLE', 16, 'The segment was loaded with a null selector.')),
]);
/** Masks, and the position of the DPL. */
export const AccessRights = { ...masksOf(ACCESS_RIGHTS), DPL_SHIFT: 5 } as const;

/** The bits of the type of a code or data segment (SDM 3A 3.4.5.1, table 3-1). */
export const SegmentType = {
  ACCESSED: 1,
  /** Of data. */
  WRITABLE: 2,
  /** Of code. */
  READABLE: 2,
  /** Of data. */
  EXPAND_DOWN: 4,
  /** Of code. */
  CONFORMING: 4,
  CODE: 8,
} as const;

const { P, S, DPL, L, DB, G, UNUSABLE } = AccessRights;
const DATA = P | S | SegmentType.WRITABLE | SegmentType.ACCESSED;
const CODE = P | S | SegmentType.CODE | SegmentType.READABLE | SegmentType.ACCESSED;

/** Access rights of segments that the processor or its firmware sets up; DPL 0 where not said. */
export const SegmentRights = {
  /** Read/write data of 16 bits: all of real mode but CS (SDM 3A table 10-1). */
  REAL_MODE_DATA: DATA,
  REAL_MODE_CODE: CODE,
  /** Every segment of virtual-8086 mode: DPL 3 (SDM 3C 27.3.1.2). */
  VIRTUAL_8086: DATA | DPL,
  FLAT_DATA: DATA | DB | G,
  FLAT_CODE_32: CODE | DB | G,
  FLAT_CODE_64: CODE | L | G,
  LDT: P | 2,
  /** A busy TSS of 32 or 64 bits. */
  TSS_BUSY: P | 11,
  UNUSABLE,
} as const;
