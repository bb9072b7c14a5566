/**
 * Memory types (SDM 3A 12.3.1). They are encoded alike wherever they stand, but not every value is
 * allowed everywhere: in MTRRs and EPT entries (SDM 3A table 12-8), in the PAT (table 12-10), in EPTP.
 */
export const MemoryType = { UC: 0, WC: 1, WT: 4, WP: 5, WB: 6, UC_MINUS: 7 } as const;

/** In MTRRs and EPT entries; the other values are reserved. */
export const MEMORY_TYPES: Readonly<Record<number, string>> = {
  [MemoryType.UC]: 'UC',
  [MemoryType.WC]: 'WC',
  [MemoryType.WT]: 'WT',
  [MemoryType.WP]: 'WP',
  [MemoryType.WB]: 'WB',
};

/** In the PAT: UC- is UC that an MTRR may turn into WC. */
export const PAT_MEMORY_TYPES: Readonly<Record<number, string>> = {
  ...MEMORY_TYPES,
  [MemoryType.UC_MINUS]: 'UC-',
};

/** Of the EPT paging structures themselves (SDM 3C 25.6.11). */
export const EPTP_MEMORY_TYPES: Readonly<Record<number, string>> = {
  [MemoryType.UC]: 'UC',
  [MemoryType.WB]: 'WB',
};

/** One bit for each type that there is: EPT walks ask often. */
const DEFINED = Object.keys(MEMORY_TYPES).reduce((bits, type) => bits | (1 << Number(type)), 0);

/** Whether an MTRR or an EPT entry may hold this type. */
export function isMemoryType(type: number): boolean {
  return type < 8 && ((DEFINED >> type) & 1) === 1;
}

/** Whether each of the 8 bytes of a value for IA32_PAT is a memory type (SDM 3A 12.12.2). */
export function isValidPat(pat: bigint): boolean {
  for (let low = 0n; low < 64n; low += 8n) {
    if (PAT_MEMORY_TYPES[Number((pat >> low) & 0xffn)] === undefined) return false;
  }
  return true;
}
