/** The formats of PC floppy disks, smallest first: how many cylinders, heads and sectors of 512 bytes. */

export interface FloppyFormat {
  readonly cylinders: number;
  readonly heads: number;
  /** In a track. */
  readonly sectors: number;
  /** The drive made for it, as CMOS and INT 13h/08h count drives: 1 360K, 2 1.2M, 3 720K, 4 1.44M, 5 2.88M. */
  readonly driveType: number;
  /** At which data rate it is recorded, as DSR and CCR tell it: 0 500, 1 300, 2 250, 3 1000 kbit/s. */
  readonly rate: number;
}

export const FLOPPY_FORMATS: readonly FloppyFormat[] = [
  { cylinders: 40, heads: 2, sectors: 9, driveType: 1, rate: 2 },
  { cylinders: 80, heads: 2, sectors: 9, driveType: 3, rate: 2 },
  { cylinders: 80, heads: 2, sectors: 15, driveType: 2, rate: 0 },
  { cylinders: 80, heads: 2, sectors: 18, driveType: 4, rate: 0 },
  { cylinders: 80, heads: 2, sectors: 36, driveType: 5, rate: 3 },
];

const SECTOR = 512;

export const bytesOf = ({ cylinders, heads, sectors }: FloppyFormat): number =>
  cylinders * heads * sectors * SECTOR;

/** Bytes of the largest floppy disk: 2.88M. */
export const LARGEST_FLOPPY = Math.max(...FLOPPY_FORMATS.map(bytesOf));

/** The smallest disk that holds so many bytes; undefined when none does. */
export const formatFor = (bytes: number): FloppyFormat | undefined =>
  FLOPPY_FORMATS.find((format) => bytesOf(format) >= bytes);
