import { bit, bits, masksOf, range, table, wideMasksOf, type BitTable } from './bits';

/** Paging-structure entries of each paging mode, and the error code of a page fault (SDM 3A chapter 4). */

const P = bit('P', 0, 'Present.');
const RW = bit('RW', 1, 'Writes are allowed.');
const US = bit('US', 2, 'User-mode accesses are allowed.');
const PWT = bit('PWT', 3, 'Page-level write-through.');
const PCD = bit('PCD', 4, 'Page-level cache disable.');
const A = bit('A', 5, 'Accessed: the processor has used this entry.');
const D = bit('D', 6, 'Dirty: the page has been written.');
const G = bit('G', 8, 'Global: the translation survives a load of CR3.');
const XD = bit('XD', 63, 'Execute-disable: no instruction fetches.');
const PK = range('PK', 62, 59, 'Protection key.');
const REFERENCE = [P, RW, US, PWT, PCD, A] as const;

const ENTRY_NAMES = ['', 'PTE', 'PDE', 'PDPTE', 'PML4E', 'PML5E'] as const;

/** The paging-structure entry of a level as the manual calls it: 1 = PTE to 5 = PML5E (SDM 3A 4.2). */
export const entryName = (level: number): string => ENTRY_NAMES[level] ?? '';

/** An entry of a PML5, PML4, page-directory-pointer table or page directory that refers to a table. */
export const TABLE_ENTRY = table('Paging-structure entry', 'SDM 3A 4.5.4', [
  ...REFERENCE,
  bit('PS', 7, 'Page size: 0, this entry refers to another table.'),
  bit('R', 11, 'HLAT paging: restart with ordinary paging.'),
  range('ADDRESS', 51, 12, 'Physical address of the next table.'),
  XD,
]);

/** A page-directory entry that maps a 2-MByte page (table 4-18). */
export const PAGE_2M_ENTRY = table('2-MByte page entry', 'SDM 3A 4.5.4', [
  ...REFERENCE,
  D,
  bit('PS', 7, 'Page size: 1, this entry maps a page.'),
  G,
  bit('R', 11, 'HLAT paging: restart with ordinary paging.'),
  bit('PAT', 12, 'Page-attribute table index, high bit.'),
  range('ADDRESS', 51, 21, 'Physical address of the page.'),
  PK,
  XD,
]);

/** A page-directory-pointer-table entry that maps a 1-GByte page (table 4-16). */
export const PAGE_1G_ENTRY = table('1-GByte page entry', 'SDM 3A 4.5.4', [
  ...REFERENCE,
  D,
  bit('PS', 7, 'Page size: 1, this entry maps a page.'),
  G,
  bit('R', 11, 'HLAT paging: restart with ordinary paging.'),
  bit('PAT', 12, 'Page-attribute table index, high bit.'),
  range('ADDRESS', 51, 30, 'Physical address of the page.'),
  PK,
  XD,
]);

/** A page-table entry that maps a 4-KByte page (table 4-20); also of PAE paging, without PK. */
export const PAGE_4K_ENTRY = table('4-KByte page entry', 'SDM 3A 4.5.4', [
  ...REFERENCE,
  D,
  bit('PAT', 7, 'Page-attribute table index, high bit.'),
  G,
  bit('R', 11, 'HLAT paging: restart with ordinary paging.'),
  range('ADDRESS', 51, 12, 'Physical address of the page.'),
  PK,
  XD,
]);

/** A PDPTE register of PAE paging (SDM 3A 4.4.1, table 4-8). */
export const PDPTE_PAE = table('PDPTE', 'SDM 3A 4.4.1', [
  P,
  PWT,
  PCD,
  range('ADDRESS', 51, 12, 'Physical address of the page directory.'),
]);

/** A page-directory entry of 32-bit paging that refers to a page table (SDM 3A 4.3, table 4-5). */
export const TABLE_ENTRY_32 = table('Page-directory entry', 'SDM 3A 4.3', [
  ...REFERENCE,
  bit('PS', 7, 'Page size: 0, this entry refers to a page table.'),
  range('ADDRESS', 31, 12, 'Physical address of the page table.'),
]);

/** A page-directory entry of 32-bit paging that maps a 4-MByte page (table 4-4). */
export const PAGE_4M_ENTRY_32 = table('4-MByte page entry', 'SDM 3A 4.3', [
  ...REFERENCE,
  D,
  bit('PS', 7, 'Page size: 1, this entry maps a page.'),
  G,
  bit('PAT', 12, 'Page-attribute table index, high bit.'),
  range('ADDRESS_HIGH', 20, 13, 'Physical address of the page, bits 39:32.'),
  range('ADDRESS', 31, 22, 'Physical address of the page, bits 31:22.'),
]);

/** A page-table entry of 32-bit paging (table 4-6). */
export const PAGE_4K_ENTRY_32 = table('4-KByte page entry', 'SDM 3A 4.3', [
  ...REFERENCE,
  D,
  bit('PAT', 7, 'Page-attribute table index, high bit.'),
  G,
  range('ADDRESS', 31, 12, 'Physical address of the page.'),
]);

/** A paging-structure entry, as far as that says what its bits mean. */
export interface EntryKind {
  /** 1 = PTE … 5 = PML5E. */
  readonly level: number;
  /** Its size: 4 or 8. */
  readonly bytes: number;
  /** It maps a page. */
  readonly leaf: boolean;
  /** A PDPTE register of PAE paging. */
  readonly isRegister: boolean;
}

/** What the bits of an entry mean. */
export function entryTable({ level, bytes, leaf, isRegister }: EntryKind): BitTable {
  if (isRegister) return PDPTE_PAE;
  if (bytes === 4) {
    if (!leaf) return TABLE_ENTRY_32;
    return level === 1 ? PAGE_4K_ENTRY_32 : PAGE_4M_ENTRY_32;
  }
  if (!leaf) return TABLE_ENTRY;
  return level === 1 ? PAGE_4K_ENTRY : level === 2 ? PAGE_2M_ENTRY : PAGE_1G_ENTRY;
}

/** Masks of entries. The low 12 bits are the same in every mode; PS stands in all levels but the last. */
export const Pte = {
  ...wideMasksOf(PAGE_4K_ENTRY),
  PS: wideMasksOf(TABLE_ENTRY).PS,
  PAT_LARGE: wideMasksOf(PAGE_2M_ENTRY).PAT,
} as const;

/**
 * Bits that must be 0 in a present entry, beside the address bits that the processor lacks, and XD
 * where IA32_EFER.NXE is 0 (SDM 3A 4.3 to 4.5, tables of formats).
 */
export const PteReserved = {
  /** A 4-MByte page of 32-bit paging, on a processor without PSE-36. */
  PAGE_4M: bits(21, 13),
  PAGE_2M: bits(20, 13),
  PAGE_1G: bits(29, 13),
  /** Entries of levels 4 and 5 map no pages; AMD's processors reserve their G as well (APM 2 5.3.3). */
  NO_PAGE: Pte.PS,
  NO_PAGE_AMD: Pte.PS | Pte.G,
  /** PAE paging has no protection keys and ignores nothing above the address. */
  PAE: bits(62, 52),
  PDPTE_PAE: bits(63, 52) | bits(8, 5) | bits(2, 1),
} as const;

/**
 * Which entry of a table with 512 entries an address selects (SDM 3A 4.5; of the EPT, 3C 29.3.2).
 *
 * @param level 1 for a page table … 5
 */
export const tableIndex = (address: bigint, level: number): number =>
  Number((address >> BigInt(12 + 9 * (level - 1))) & 0x1ffn);

/** The offset within a 4-KByte page. */
export const PAGE_OFFSET = bits(11, 0);

/** The error code of a page fault (SDM 3A 4.7). */
export const PAGE_FAULT_ERROR = table('Page-fault error code', 'SDM 3A 4.7', [
  bit('P', 0, 'Why the page fault came.', { 0: 'page not present', 1: 'page-level protection' }),
  bit('WR', 1, 'Kind of the access that faulted.', { 0: 'a read', 1: 'a write' }),
  bit('US', 2, 'Privilege of the access that faulted.', { 0: 'supervisor', 1: 'user' }),
  bit('RSVD', 3, 'A reserved bit was set in a paging-structure entry.'),
  bit('ID', 4, 'The access was an instruction fetch.'),
  bit('PK', 5, 'A protection key forbade the access.'),
  bit('SS', 6, 'The access was to a shadow stack.'),
  bit('HLAT', 7, 'The fault came during HLAT paging.'),
  bit('SGX', 15, 'An SGX rule forbade the access.'),
  bit('RMP', 31, 'The reverse map of SEV-SNP forbade the access (AMD).'),
]);
export const PageFaultError = masksOf(PAGE_FAULT_ERROR);
