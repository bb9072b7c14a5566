/** Makes ISO 9660 images with an El Torito boot catalog, for tests: no files, no directories. */

const SECTOR = 2048;
const VOLUME = 16;
const CATALOG = 19;
export const BOOT_IMAGE = 20;

/** How the boot image is presented ("El Torito" 1.0, figure 3). */
export const Emulation = { NONE: 0, FLOPPY_1200: 1, FLOPPY_1440: 2, FLOPPY_2880: 3, HARD_DISK: 4 };

export interface IsoBoot {
  readonly image: Uint8Array;
  readonly emulation?: number;
  /** Where it is loaded: a real-mode segment; 0 is 07C0h. */
  readonly segment?: number;
  /** Sectors of 512 bytes to load; by default all of the image, or one of an emulated disk. */
  readonly load?: number;
  /** Bytes of the catalog that are wrong, by their offsets. */
  readonly damage?: Readonly<Record<number, number>>;
}

/** @param boot undefined for a disc without a boot record */
export function isoImage(boot: IsoBoot | undefined, sectors = 0): Uint8Array {
  const image = boot?.image ?? new Uint8Array();
  const size = Math.max(sectors, BOOT_IMAGE + Math.ceil(image.length / SECTOR));
  const iso = new Uint8Array(size * SECTOR);
  const view = new DataView(iso.buffer);
  const descriptor = (sector: number, type: number): number => {
    iso.set([type, ...ascii('CD001'), 1], sector * SECTOR);
    return sector * SECTOR;
  };
  const primary = descriptor(VOLUME, 1);
  iso.set(ascii('RINGSIDE'.padEnd(32)), primary + 40);
  view.setUint32(primary + 80, size, true);
  view.setUint32(primary + 84, size);
  view.setUint16(primary + 128, SECTOR, true);
  view.setUint16(primary + 130, SECTOR);
  if (boot) {
    const record = descriptor(VOLUME + 1, 0);
    iso.set(ascii('EL TORITO SPECIFICATION'), record + 7);
    view.setUint32(record + 0x47, CATALOG, true);
    iso.set(catalog(boot), CATALOG * SECTOR);
    iso.set(image, BOOT_IMAGE * SECTOR);
  }
  descriptor(VOLUME + (boot ? 2 : 1), 255);
  return iso;
}

function catalog({ image, emulation = 0, segment = 0, load, damage = {} }: IsoBoot): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  bytes.set([1, 0], 0);
  bytes.set(ascii('RINGSIDE'), 4);
  bytes.set([0x55, 0xaa], 30);
  const words = Array.from({ length: 16 }, (_, n) => view.getUint16(2 * n, true));
  view.setUint16(28, -words.reduce((sum, word) => sum + word, 0) & 0xffff, true);
  const all = Math.ceil(image.length / 512);
  bytes.set([0x88, emulation], 32);
  view.setUint16(34, segment, true);
  view.setUint16(38, load ?? (emulation === Emulation.NONE ? all : 1), true);
  view.setUint32(40, BOOT_IMAGE, true);
  for (const [at, value] of Object.entries(damage)) bytes[Number(at)] = value;
  return bytes;
}

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
