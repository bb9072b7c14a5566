/** Places of the physical address space that a PC's processor and firmware agree on. */

/** What lies below 1 MByte beside RAM: video memory, ROMs of adapters and of the system. */
export const VIDEO_AND_ROM = { first: 0xa_0000, end: 0x10_0000 } as const;
/** Where firmware may lie: the last 128 KBytes of the first megabyte. */
export const FIRMWARE = 0xe_0000;
/** The same ROM below 4 GBytes. */
export const FIRMWARE_ALIAS = 0xfffe_0000;
/** The registers of the I/O APIC, behind the addresses that the PCI bus has. */
export const IO_APIC = 0xfec0_0000;
/** The registers of the HPET. */
export const HPET = 0xfed0_0000;
/** Where the local APIC's registers lie after RESET (SDM 3A 11.4.1). */
export const LOCAL_APIC = 0xfee0_0000;
/** The segment in which the processor begins after RESET (SDM 3A 10.1.4). */
export const RESET_SEGMENT = 0xffff_0000;
