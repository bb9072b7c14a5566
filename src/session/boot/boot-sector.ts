import { SECTOR } from '../../machine/devices/ata/disk';

/** Where a BIOS loads the first sector of a disk. */
export const BOOT_ADDRESS = 0x7c00;

/** Whether the first sector ends with 55 AA: then it boots as a BIOS boots a disk. */
export const isBootSector = (bytes: Uint8Array): boolean =>
  bytes.length >= SECTOR && bytes[510] === 0x55 && bytes[511] === 0xaa;
