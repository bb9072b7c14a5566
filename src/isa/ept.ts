import { bit, bits, masksOf, range, table, wideMasksOf, type BitTable } from './bits';
import { EPTP_MEMORY_TYPES, MEMORY_TYPES } from './memory-types';

/** Extended page tables: the entries of EPT paging structures, and the EPT pointer (SDM 3C 29.3). */

const R = bit('R', 0, 'Reads are allowed.');
const W = bit('W', 1, 'Writes are allowed.');
const X = bit('X', 2, 'Instruction fetches are allowed.');
const A = bit('A', 8, 'Accessed (when EPTP enables accessed and dirty flags).');
const D = bit('D', 9, 'Dirty (when EPTP enables accessed and dirty flags).');
const XU = bit('XU', 10, 'Instruction fetches from user pages (mode-based execute control).');
const SVE = bit('SVE', 63, 'Suppress #VE.');
const MT = range('MT', 5, 3, 'Memory type.', MEMORY_TYPES);
const IPAT = bit('IPAT', 6, 'Ignore PAT: the memory type above is final.');

/** An EPT entry that refers to another table (SDM 3C 29.3.2, tables 29-1, 29-3, 29-5). */
export const EPT_TABLE_ENTRY = table('EPT entry', 'SDM 3C 29.3.2', [
  R,
  W,
  X,
  bit('PS', 7, '0: this entry refers to another table.'),
  A,
  XU,
  range('ADDRESS', 51, 12, 'Host-physical address of the next table.'),
]);

/** An EPT entry that maps a page: 4 KBytes, or 2 MBytes or 1 GByte with PS set. */
export const EPT_PAGE_ENTRY = table('EPT page entry', 'SDM 3C 29.3.2', [
  R,
  W,
  X,
  MT,
  IPAT,
  bit('PS', 7, '1 when the page is larger than 4 KBytes.'),
  A,
  D,
  XU,
  range('ADDRESS', 51, 12, 'Host-physical address of the page.'),
  bit('VGP', 57, 'Verify guest paging: pages may be reached only through protected structures.'),
  bit('PW', 58, 'Paging-write: writes by the page walk itself are allowed.'),
  bit('SSS', 60, 'Supervisor shadow stack.'),
  bit('SPP', 61, 'Sub-page write permissions.'),
  SVE,
]);
/** What the bits of an entry mean. @param leaf whether it maps a page */
export const eptEntryTable = (leaf: boolean): BitTable => (leaf ? EPT_PAGE_ENTRY : EPT_TABLE_ENTRY);

/** Masks of entries. */
export const Epte = wideMasksOf(EPT_PAGE_ENTRY);
/** The same as numbers, for the fields that lie within 52 bits. */
export const EpteNumber = masksOf(EPT_PAGE_ENTRY);

/** The rights of an entry, which the rights of all entries of a walk bound: R, W and X. */
export const EptRights = {
  READ: EpteNumber.R,
  WRITE: EpteNumber.W,
  EXECUTE: EpteNumber.X,
  ALL: EpteNumber.R | EpteNumber.W | EpteNumber.X,
  /** Under mode-based execute control. */
  USER_EXECUTE: EpteNumber.XU,
} as const;

/**
 * Bits below 12 that must be 0 in an entry that refers to another table (SDM 3C 29.3.3.1): an EPT
 * PML4 entry maps no page, so that its bit 7 is among them.
 */
export const EPT_TABLE_RESERVED = Number(bits(6, 3));
export const EPT_PML4_RESERVED = Number(bits(7, 3));

/** The EPT pointer (SDM 3C 25.6.11, table 25-9). */
export const EPTP = table('EPT pointer', 'SDM 3C 25.6.11', [
  range('MT', 2, 0, 'Memory type of the EPT paging structures.', EPTP_MEMORY_TYPES),
  range('WALK_LENGTH', 5, 3, 'Number of levels less one.', { 3: '4 levels', 4: '5 levels' }),
  bit('AD', 6, 'Accessed and dirty flags are enabled.'),
  bit('SSS', 7, 'Access rights of supervisor shadow-stack pages are enforced.'),
  range(
    'ADDRESS',
    51,
    12,
    'Host-physical address of the EPT PML4 table (with 5 levels, the PML5 table).',
  ),
]);
export const Eptp = wideMasksOf(EPTP);
/** The walk-length field for each number of levels. */
export const EptWalkLength = { LEVELS_4: 3n << 3n, LEVELS_5: 4n << 3n } as const;
/** Bits of EPTP that must be 0, beside the address bits that the processor lacks. */
export const EPTP_RESERVED = bits(11, 8);
