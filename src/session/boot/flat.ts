import { assemble, type AssembleOptions, type Assembly, type SourceFiles } from '../../program';
import { realModeStart } from '../../processor/state/start-state';
import type { BootImage } from './boot-image';
import { BOOT_ADDRESS, isBootSector } from './boot-sector';

/** Programs that are loaded whole where they belong, and started in real mode without firmware. */

/** Bytes loaded at an address below 64 KBytes. */
export function flatAt(bytes: Uint8Array, address: number): BootImage {
  return { pieces: [{ address, bytes }], start: realModeStart(address) };
}

/** An assembled program at its origin. */
export const flatImage = (assembly: Assembly): BootImage =>
  flatAt(assembly.image, loadAddress(assembly));

/** A boot sector, and what has no origin, lies where a BIOS puts it, whatever addresses its labels have. */
const loadAddress = ({ image, hasOrigin, origin }: Assembly): number =>
  hasOrigin && !isBootSector(image) ? Number(origin) : BOOT_ADDRESS;

/** The program with its lines where the image lies: `org 0` with segment 0x7c0 is usual. */
export function asLoaded(assembly: Assembly): Assembly {
  const shift = BigInt(loadAddress(assembly)) - assembly.origin;
  return shift === 0n ? assembly : { ...assembly, lines: assembly.lines.loadedElsewhere(shift) };
}

/** Assembles text that lies in memory, for benchmarks and tests. @throws Error with the first mistake */
export async function assembleText(
  source: string,
  options: AssembleOptions = {},
  name = 'program.asm',
): Promise<Assembly> {
  const files: SourceFiles = { read: () => Promise.resolve(new TextEncoder().encode(source)) };
  const assembly = await assemble(name, files, options);
  const mistake = assembly.diagnostics.find(({ severity }) => severity === 'error');
  if (mistake) throw new Error(`${name}:${String(mistake.line)}: ${mistake.message}`);
  return assembly;
}
