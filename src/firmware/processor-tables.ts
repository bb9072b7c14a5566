/**
 * The BIOS as it lies in the chip of a board with several processors: its tables have an entry for each. The sources
 * have one, and room for more behind the tables.
 */

const BIOS = 0xf_0000;
const BOUNDARY = 16;

/** How a table has its entries of processors, and where it says how long it is. */
interface TableShape {
  readonly length: { readonly at: number; readonly bytes: 2 | 4 };
  readonly checksum: number;
  /** The entry of the first processor, and how long it is. */
  readonly entry: { readonly at: number; readonly bytes: number };
  /** Makes a copy of that entry one of another processor. */
  readonly become: (entry: Uint8Array, number: number) => void;
}

/** ACPI's "APIC", MADT (ACPI 6.5, 5.2.12.2): processor and local APIC have the same number. */
const MADT: TableShape = {
  length: { at: 4, bytes: 4 },
  checksum: 9,
  entry: { at: 44, bytes: 8 },
  become: (entry, number) => {
    entry[2] = entry[3] = number;
  },
};

const MP_BOOT_PROCESSOR = 2;
const MP_ENTRIES = 34;

/** "PCMP" (Intel MultiProcessor Specification 1.4, 4.3.1). */
const MP: TableShape = {
  length: { at: 4, bytes: 2 },
  checksum: 7,
  entry: { at: 44, bytes: 20 },
  become: (entry, number) => {
    entry[1] = number;
    entry[3] = (entry[3] ?? 0) & ~MP_BOOT_PROCESSOR;
  },
};

/**
 * @param rom the BIOS, whose last byte makes the sum of all 0
 * @param count as many as its tables have room for at most
 */
export function forProcessors(rom: Uint8Array, count: number): Uint8Array {
  if (count === 1) return rom;
  const bytes = Uint8Array.from(rom);
  const view = new DataView(bytes.buffer);
  const mp = view.getUint32(find(bytes, '_MP_') + 4, true) - BIOS;
  view.setUint16(mp + MP_ENTRIES, view.getUint16(mp + MP_ENTRIES, true) + count - 1, true);
  widen(bytes, mp, MP, count);
  widen(bytes, find(bytes, 'APIC'), MADT, count);
  correct(bytes, bytes.length - 1);
  return bytes;
}

/** Gives a table the entries of further processors behind that of the first. */
function widen(rom: Uint8Array, table: number, shape: TableShape, count: number): void {
  const view = new DataView(rom.buffer);
  const { length, entry, become } = shape;
  const short = length.bytes === 2;
  const before = short
    ? view.getUint16(table + length.at, true)
    : view.getUint32(table + length.at, true);
  const after = before + (count - 1) * entry.bytes;
  const second = table + entry.at + entry.bytes;
  rom.copyWithin(second + (count - 1) * entry.bytes, second, table + before);
  for (let number = 1; number < count; number++) {
    const at = table + entry.at + number * entry.bytes;
    rom.copyWithin(at, table + entry.at, second);
    become(rom.subarray(at, at + entry.bytes), number);
  }
  if (short) view.setUint16(table + length.at, after, true);
  else view.setUint32(table + length.at, after, true);
  correct(rom.subarray(table, table + after), shape.checksum);
}

/** Makes the sum of all bytes 0 by one of them. */
function correct(bytes: Uint8Array, at: number): void {
  bytes[at] = 0;
  bytes[at] = -bytes.reduce((sum, byte) => sum + byte, 0);
}

/** Where a signature is, at a multiple of 16. */
function find(rom: Uint8Array, signature: string): number {
  const sought = new TextEncoder().encode(signature);
  for (let at = 0; at < rom.length; at += BOUNDARY) {
    if (sought.every((byte, n) => rom[at + n] === byte)) return at;
  }
  throw new Error(`the BIOS has no ${signature}`);
}
