/** The registers through which a channel is driven (ATA/ATAPI-6 chapter 7). */

/** Status register. */
export const StatusBits = { ERR: 1, DRQ: 8, DSC: 0x10, DRDY: 0x40, BSY: 0x80 } as const;
/** Error register: command aborted, sector not found. */
export const ErrorBits = { ABRT: 4, IDNF: 0x10 } as const;
/** Device control register: no interrupts, software reset, high-order byte. */
export const DeviceControl = { NIEN: 2, SRST: 4, HOB: 0x80 } as const;
/** Device register; bits 7 and 5 were always 1. */
export const DeviceBits = { HEAD: 0xf, DEV: 0x10, LBA: 0x40, OBSOLETE: 0xa0 } as const;

/** What was written last, and what before it. */
export type Pair = [number, number];

export interface TaskFile {
  error: number;
  features: Pair;
  count: Pair;
  /** LBA 7:0, or the sector. */
  low: Pair;
  /** LBA 15:8, or the low byte of the cylinder. */
  middle: Pair;
  high: Pair;
  device: number;
  status: number;
  control: number;
  /** INTRQ, whether or not nIEN holds it back. */
  interrupting: boolean;
}

/** After reset: the signature of an ATA drive, and no error found (9.12). */
export function initialTaskFile(): TaskFile {
  return {
    error: 1,
    features: [0, 0],
    count: [1, 0],
    low: [1, 0],
    middle: [0, 0],
    high: [0, 0],
    device: 0,
    status: StatusBits.DRDY | StatusBits.DSC,
    control: 0,
    interrupting: false,
  };
}
