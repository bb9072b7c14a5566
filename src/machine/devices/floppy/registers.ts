/** The registers of an Intel 82077AA floppy disk controller, from 3F0h on (82077AA data sheet, 2.1), and its status bytes. */

export const Register = {
  STATUS_A: 0,
  DIGITAL_OUTPUT: 2,
  TAPE: 3,
  MAIN: 4,
  DATA: 5,
  DIGITAL_INPUT: 7,
};

/** Digital output register: drive, reset (0), interrupts and DMA let through; motors in bits 7:4. */
export const Dor = { DRIVE: 3, RUNNING: 4, GATE: 8 } as const;
/** Data rate select register: the same reset, but one that ends by itself. */
export const Dsr = { RATE: 3, RESET: 0x80 } as const;
/** Main status register; bits 3:0 are drives that seek. */
export const Msr = { BUSY: 0x10, NON_DMA: 0x20, TO_HOST: 0x40, REQUEST: 0x80 } as const;
/** Digital input register. */
export const DISK_CHANGED = 0x80;

/** Status register 0: how a command has ended (bits 7:6), seek end, equipment check. */
export const St0 = { ABNORMAL: 0x40, INVALID: 0x80, POLLED: 0xc0, SEEK_END: 0x20, CHECK: 0x10 };
/** Status register 1: no address mark, no such sector, overrun, beyond the end of the track. */
export const St1 = { MISSING_MARK: 1, NO_DATA: 4, OVERRUN: 0x10, END_OF_TRACK: 0x80 } as const;
/** Status register 2: a cylinder of another number, of number FFh. */
export const St2 = { BAD_CYLINDER: 2, WRONG_CYLINDER: 0x10 } as const;
/** Status register 3: track 0; "ready" and "two sides" are always 1. */
export const St3 = { TRACK_0: 0x10, ALWAYS: 0x28 } as const;

/** CONFIGURE: seek before data commands. */
export const IMPLIED_SEEK = 0x40;
/** SPECIFY's last byte: data by the processor instead of DMA. */
export const NON_DMA_MODE = 1;
