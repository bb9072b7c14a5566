/** The memory map that loaders and firmware tell (ACPI 6.5 15.1, INT 15h, AX = E820h). */

export const MemoryKind = { RAM: 1, RESERVED: 2 } as const;

export interface MemoryRange {
  readonly base: number;
  readonly length: number;
  readonly kind: number;
}

/** The extended BIOS data area begins here: conventional memory ends. */
export const CONVENTIONAL_END = 0x9_fc00;
const MEGABYTE = 0x10_0000;

/** @param memory bytes of RAM, at least 1 MByte */
export function memoryMap(memory: number): MemoryRange[] {
  const range = (base: number, end: number, kind: number): MemoryRange => ({
    base,
    length: end - base,
    kind,
  });
  return [
    range(0, CONVENTIONAL_END, MemoryKind.RAM),
    range(CONVENTIONAL_END, 0xa_0000, MemoryKind.RESERVED),
    range(0xf_0000, MEGABYTE, MemoryKind.RESERVED),
    range(MEGABYTE, memory, MemoryKind.RAM),
    range(0xfffc_0000, 0x1_0000_0000, MemoryKind.RESERVED),
  ].filter(({ length }) => length > 0);
}
