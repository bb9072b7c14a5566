/** A chip of read-only memory: where it lies and what is burnt into it. */
export interface Rom {
  readonly name: 'bios' | 'video';
  /** The main source, by its name among the firmware's sources. */
  readonly file: string;
  /** The physical address of the first byte. */
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/** The ROMs of the machine. The BIOS also answers below 4 GBytes, where a processor begins after a reset. */
export const ROMS: readonly Rom[] = [
  { name: 'bios', file: 'firmware/bios/bios.asm', address: 0xf0000, size: 0x10000 },
  { name: 'video', file: 'firmware/video/video.asm', address: 0xc0000, size: 0x8000 },
];
