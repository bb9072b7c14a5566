import type { Piece } from './boot-image';
import { Reader } from './bytes';

const SIGNATURE = 'RSD PTR ';
/** Of revision 0. */
const LENGTH = 20;
/** Where operating systems look for it, too (ACPI 6.5 5.2.5.1). */
const [FIRST, END, BOUNDARY] = [0xe_0000, 0x10_0000, 16] as const;

/** ACPI's root pointer in the firmware's ROMs. */
export function acpiRootPointer(roms: readonly Piece[]): Piece | undefined {
  for (const { address, bytes } of roms) {
    if (address < FIRST || address >= END) continue;
    const rom = new Reader(bytes);
    for (let at = 0; at < bytes.length; at += BOUNDARY) {
      if (!rom.hasText(at, SIGNATURE)) continue;
      return { address: address + at, bytes: bytes.slice(at, at + LENGTH) };
    }
  }
  return undefined;
}
