import type { PackedRom } from './packed';

/**
 * The build replaces this file by one that has the ROMs ready, in the order of `ROMS`.
 * Without a build (in tests) they are assembled on first use.
 */
export const prebuilt: readonly PackedRom[] | undefined = undefined as
  readonly PackedRom[] | undefined;
