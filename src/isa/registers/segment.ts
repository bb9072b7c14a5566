/** Segment and descriptor-table registers (SDM 3A 3.4.2, 2.4). */

/** Index of each segment register as instructions encode it; LDTR and TR follow for convenience. */
export const Seg = { ES: 0, CS: 1, SS: 2, DS: 3, FS: 4, GS: 5, LDTR: 6, TR: 7 } as const;

export type SegName = keyof typeof Seg;

/** Names by index, upper case as in the manual. */
export const SEG_NAMES = ['ES', 'CS', 'SS', 'DS', 'FS', 'GS', 'LDTR', 'TR'] as const;

/** What each register is for. */
export const SEG_GLOSSES: Readonly<Record<SegName, string>> = {
  ES: 'Extra segment: the destination of string instructions.',
  CS: 'Code segment: its DPL (SS.DPL while running) is the privilege level, its L and D bits choose the mode of instruction decoding.',
  SS: 'Stack segment: used by PUSH, POP, CALL, RET and accesses through (R/E)SP or (R/E)BP.',
  DS: 'Data segment: used by most memory accesses.',
  FS: 'Additional data segment; in 64-bit mode only its base counts (IA32_FS_BASE).',
  GS: 'Additional data segment; in 64-bit mode only its base counts (IA32_GS_BASE, exchanged by SWAPGS).',
  LDTR: 'Local descriptor table register: where descriptors of selectors with TI=1 are found.',
  TR: 'Task register: the TSS, which holds the stack pointers of inner privilege levels.',
};
