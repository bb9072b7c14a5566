/** Places of the physical address space that a PC's processor and firmware agree on. */

/** The segment of the firmware: the last 64 KBytes of the first megabyte. */
export const FIRMWARE = 0xf_0000;
/** The same ROM below 4 GBytes, where the processor begins after RESET (SDM 3A 10.1.4). */
export const FIRMWARE_ALIAS = 0xffff_0000;
