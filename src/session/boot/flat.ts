import * as l10n from '@vscode/l10n';
import { assemble, type AssembleOptions, type Assembly, type SourceFiles } from '../../program';
import { realModeStart } from '../../processor/state/start-state';
import type { BootImage } from './boot-image';
import { BOOT_ADDRESS, isBootSector } from './boot-sector';
import { isElf } from './elf';
import { UnbootableImage } from './unbootable';

/** Programs that are loaded whole where they belong, and started in real mode without firmware. */

/** Real mode reaches no further. */
const MEGABYTE = 0x10_0000;

/**
 * Bytes at an address, and where they are entered: below 64 KBytes with CS = 0, from there to 1 MByte in
 * the segment that begins at the multiple of 64 KBytes below.
 *
 * @throws UnbootableImage for another entry
 */
export function flatAt(bytes: Uint8Array, address: number, entry = address): BootImage {
  if (entry < 0 || entry >= MEGABYTE) {
    const place = `0x${entry.toString(16)}`;
    throw new UnbootableImage(l10n.t('real mode cannot begin at {0}, above 1 MByte', place));
  }
  return { pieces: [{ address, bytes }], start: realModeStart(entry) };
}

/** The program starts in real mode with CS = 0. */
const LAST_ENTRY = 0xffffn;

/** An assembled program at its origin. @throws UnbootableImage when real mode cannot begin there */
export function flatImage(assembly: Assembly): BootImage {
  const { image, origin, hasOrigin } = assembly;
  if (!isBootSector(image) && hasOrigin && (origin < 0n || origin > LAST_ENTRY)) {
    throw new UnbootableImage(
      l10n.t(
        'it begins at {0} (org), but starts in real mode with CS = 0: it must begin below 0x10000',
        `0x${origin.toString(16)}`,
      ),
    );
  }
  return flatAt(image, loadAddress(assembly));
}

/** A boot sector, and what has no origin, lies where a BIOS puts it, whatever addresses its labels have. */
const loadAddress = ({ image, hasOrigin, origin }: Assembly): number =>
  hasOrigin && !isBootSector(image) ? Number(origin) : BOOT_ADDRESS;

/** The program with its lines where the image lies: `org 0` with segment 0x7c0 is usual. ELF images say it themselves. */
export function asLoaded(assembly: Assembly): Assembly {
  if (isElf(assembly.image)) return assembly;
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
