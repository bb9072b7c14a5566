import { firmwareSources } from 'ringside:firmware-sources';
import type { Assembly } from '../program';
import { assembleFirmware } from './assemble';
import { unpacked } from './packed';
import { prebuilt } from './prebuilt';
import { ROMS, type Rom } from './roms';

export { ROMS, type Rom } from './roms';

/** A ROM with its bytes, and what they came from. */
export interface AssembledRom extends Rom {
  readonly bytes: Uint8Array;
  /** Lines tell physical addresses (of `address` and up) as `load`, offsets in the ROM as `address`; symbols are offsets. */
  readonly assembly: Assembly;
}

/** What the machine starts with. */
export interface Firmware {
  readonly roms: readonly AssembledRom[];
  /** The sources as text by name ('firmware/bios/disk.asm'): the names that lines and symbols tell. */
  readonly sources: Readonly<Record<string, string>>;
}

let loaded: Promise<Firmware> | undefined;

/** The firmware: ready-made in what the build ships, assembled from its sources elsewhere. Always the same object. */
export function loadFirmware(): Promise<Firmware> {
  return (loaded ??= load());
}

async function load(): Promise<Firmware> {
  const sources = firmwareSources;
  const roms = await Promise.all(
    ROMS.map(async (rom, index): Promise<AssembledRom> => {
      const ready = prebuilt?.[index];
      const assembly = ready ? unpacked(ready) : await assembleFirmware(rom, sources);
      return { ...rom, bytes: assembly.image, assembly };
    }),
  );
  return { roms, sources };
}
