import { SECTOR } from './disk';
import { dmaWords } from './dma-modes';

/** What a drive says of itself (ATA/ATAPI-6 8.15, IDENTIFY DEVICE). */

const HEADS = 16;
const SECTORS_PER_TRACK = 63;
const MOST_CYLINDERS = 16_383;
/** The most that 28 bits of LBA reach. */
const MOST_LBA28 = 0x0fff_ffff;
/** Nanoseconds of a cycle in multiword DMA mode 2 and PIO mode 4. */
const SHORTEST_CYCLE = 120;
/** The most sectors in one block of READ MULTIPLE and WRITE MULTIPLE. */
export const MOST_MULTIPLE = 16;

export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectors: number;
}

/** Cylinders, heads and sectors as a drive of this size reports them. */
export function geometryOf(sectors: number): Geometry {
  const cylinders = Math.floor(sectors / (HEADS * SECTORS_PER_TRACK));
  return {
    cylinders: Math.min(MOST_CYLINDERS, Math.max(2, cylinders)),
    heads: HEADS,
    sectors: SECTORS_PER_TRACK,
  };
}

/** ATA strings have the characters of each word swapped. */
export function putText(words: Uint16Array, first: number, count: number, text: string): void {
  const padded = text.padEnd(count * 2);
  for (let n = 0; n < count; n++) {
    words[first + n] = (padded.charCodeAt(2 * n) << 8) | padded.charCodeAt(2 * n + 1);
  }
}

/**
 * The 512 bytes of IDENTIFY DEVICE.
 *
 * @param sectors of the whole drive
 * @param serial 20 characters at most
 * @param current the geometry that INITIALIZE DEVICE PARAMETERS has set
 * @param multiple sectors in a block of READ MULTIPLE; 0 when it is not set
 * @param dmaMode as SET FEATURES has chosen it
 */
export function identify(
  sectors: number,
  serial: string,
  current: Geometry,
  multiple: number,
  dmaMode: number,
): Uint8Array {
  const words = new Uint16Array(SECTOR / 2);
  const native = geometryOf(sectors);
  const chs = Math.min(sectors, current.cylinders * current.heads * current.sectors);
  const lba28 = Math.min(sectors, MOST_LBA28);
  words[0] = 0x0040; // a fixed drive
  words[1] = native.cylinders;
  words[3] = native.heads;
  words[6] = native.sectors;
  putText(words, 10, 10, serial);
  putText(words, 23, 4, '1.0');
  putText(words, 27, 20, 'RINGSIDE DISK');
  words[47] = 0x8000 | MOST_MULTIPLE;
  words[48] = 1; // 32-bit transfers
  words[49] = 0x0300; // LBA, DMA
  words[51] = 0x0200; // PIO mode 2
  words[53] = 7; // words 54 to 58, 64 to 70 and 88 are valid
  words[54] = current.cylinders;
  words[55] = current.heads;
  words[56] = current.sectors;
  words[57] = chs & 0xffff;
  words[58] = chs >>> 16;
  words[59] = multiple === 0 ? 0 : 0x100 | multiple;
  words[60] = lba28 & 0xffff;
  words[61] = lba28 >>> 16;
  const { multiword, ultra } = dmaWords(dmaMode);
  words[63] = multiword;
  words[64] = 3; // PIO modes 3 and 4
  words.fill(SHORTEST_CYCLE, 65, 69);
  words[80] = 0x7e; // ATA-1 to ATA-6
  words[82] = 0x4000; // NOP
  words[83] = 0x7400; // FLUSH CACHE EXT, FLUSH CACHE, 48-bit addresses
  words[84] = 0x4000;
  words[85] = 0x4000;
  words[86] = 0x3400;
  words[87] = 0x4000;
  words[88] = ultra;
  words[93] = 0x6000; // how the hardware reset went: it is a drive that answers
  words[100] = sectors & 0xffff;
  words[101] = Math.floor(sectors / 0x10000) & 0xffff;
  words[102] = Math.floor(sectors / 0x1_0000_0000) & 0xffff;
  return new Uint8Array(words.buffer);
}
