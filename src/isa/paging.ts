import { bit, masksOf, range, table, wideMasksOf } from './bits';

/** Page-table entries of each paging mode, EPT entries, and the error codes of both. */

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

/** Masks for walking 64-bit entries (bigint). */
export const Pte = { ...wideMasksOf(PAGE_4K_ENTRY), PS: 1n << 7n, PAT_LARGE: 1n << 12n } as const;

/** The error code of a page fault (SDM 3A 4.7). */
export const PAGE_FAULT_ERROR = table('Page-fault error code', 'SDM 3A 4.7', [
  bit('P', 0, 'Why it faulted.', { 0: 'page not present', 1: 'page-level protection' }),
  bit('WR', 1, 'The access was', { 0: 'a read', 1: 'a write' }),
  bit('US', 2, 'Privilege of the access.', { 0: 'supervisor', 1: 'user' }),
  bit('RSVD', 3, 'A reserved bit was set in a paging-structure entry.'),
  bit('ID', 4, 'The access was an instruction fetch.'),
  bit('PK', 5, 'A protection key forbade the access.'),
  bit('SS', 6, 'The access was to a shadow stack.'),
  bit('HLAT', 7, 'The fault came during HLAT paging.'),
  bit('SGX', 15, 'An SGX rule forbade the access.'),
]);
export const PageFaultError = masksOf(PAGE_FAULT_ERROR);

/** Memory types as PAT, MTRRs and EPT encode them (SDM 3A 12.3.1, table 12-2). */
export const MEMORY_TYPES: Readonly<Record<number, string>> = {
  0: 'UC',
  1: 'WC',
  4: 'WT',
  5: 'WP',
  6: 'WB',
  7: 'UC-',
};
export const MemoryType = { UC: 0, WC: 1, WT: 4, WP: 5, WB: 6, UC_MINUS: 7 } as const;

const EPT_R = bit('R', 0, 'Reads are allowed.');
const EPT_W = bit('W', 1, 'Writes are allowed.');
const EPT_X = bit('X', 2, 'Instruction fetches are allowed.');
const EPT_A = bit('A', 8, 'Accessed (when EPTP enables accessed and dirty flags).');
const EPT_D = bit('D', 9, 'Dirty (when EPTP enables accessed and dirty flags).');
const EPT_XU = bit('XU', 10, 'Instruction fetches from user pages (mode-based execute control).');
const EPT_SVE = bit('SVE', 63, 'Suppress #VE.');
const EPT_MT = range('MT', 5, 3, 'Memory type.', MEMORY_TYPES);
const EPT_IPAT = bit('IPAT', 6, 'Ignore PAT: the memory type above is final.');

/** An EPT entry that refers to another table (SDM 3C 29.3.2, tables 29-1, 29-3, 29-5). */
export const EPT_TABLE_ENTRY = table('EPT entry', 'SDM 3C 29.3.2', [
  EPT_R,
  EPT_W,
  EPT_X,
  bit('PS', 7, '0: this entry refers to another table.'),
  EPT_A,
  EPT_XU,
  range('ADDRESS', 51, 12, 'Host-physical address of the next table.'),
]);

/** An EPT entry that maps a page: 4 KBytes, or 2 MBytes or 1 GByte with PS set. */
export const EPT_PAGE_ENTRY = table('EPT page entry', 'SDM 3C 29.3.2', [
  EPT_R,
  EPT_W,
  EPT_X,
  EPT_MT,
  EPT_IPAT,
  bit('PS', 7, '1 when the page is larger than 4 KBytes.'),
  EPT_A,
  EPT_D,
  EPT_XU,
  range('ADDRESS', 51, 12, 'Host-physical address of the page.'),
  bit('PW', 58, 'Paging-write: writes by the page walk itself are allowed.'),
  bit('SSS', 60, 'Supervisor shadow stack.'),
  bit('SPP', 61, 'Sub-page write permissions.'),
  EPT_SVE,
]);
/** Masks for walking EPT entries (bigint). */
export const Epte = wideMasksOf(EPT_PAGE_ENTRY);

/** The EPT pointer (SDM 3C 25.6.11, table 25-9). */
export const EPTP = table('EPT pointer', 'SDM 3C 25.6.11', [
  range('MT', 2, 0, 'Memory type of the EPT paging structures.', MEMORY_TYPES),
  range('WALK_LENGTH', 5, 3, 'Number of levels less one.', { 3: '4 levels', 4: '5 levels' }),
  bit('AD', 6, 'Accessed and dirty flags are enabled.'),
  bit('SSS', 7, 'Access rights of supervisor shadow-stack pages are enforced.'),
  range('ADDRESS', 51, 12, 'Host-physical address of the EPT PML4 table.'),
]);
export const Eptp = wideMasksOf(EPTP);
