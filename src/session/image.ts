import { assemble, type AssembleOptions, type Assembly, type SourceFiles } from '../program';

/** What is loaded into a machine before it starts, and how it starts. */
export interface BootImage {
  readonly bytes: Uint8Array;
  /** Guest-physical address of the first byte; execution begins there, in real mode with CS = 0. */
  readonly address: number;
  /** DL, as a BIOS leaves it: the drive booted from. */
  readonly drive?: number | undefined;
}

/** The formats that images are recognized as and that nothing can load yet. */
export type UnloadableFormat = 'ELF images' | 'bzImage kernels';

/** An image that cannot be loaded. */
export class UnloadableImage extends Error {
  override name = 'UnloadableImage';

  constructor(readonly format: UnloadableFormat) {
    super(format);
  }
}

/** Where a boot sector lies, and what has no origin of its own. */
const DEFAULT_ADDRESS = 0x7c00;
const SECTOR = 512;
const HARD_DISK = 0x80;

/**
 * An assembled program at its origin. A boot sector, and what has no origin, lies where a BIOS puts it,
 * whatever addresses its labels have: `org 0` with segment 0x7c0 is usual.
 */
export function imageOf({ image, hasOrigin, origin }: Assembly): BootImage {
  const boots = isBootSector(image);
  const address = hasOrigin && !boots ? Number(origin) : DEFAULT_ADDRESS;
  return { bytes: image, address, drive: boots ? HARD_DISK : undefined };
}

/** The program with its lines where the image lies. */
export function asLoaded(assembly: Assembly): Assembly {
  const shift = BigInt(imageOf(assembly).address) - assembly.origin;
  return shift === 0n ? assembly : { ...assembly, lines: assembly.lines.loadedElsewhere(shift) };
}

const isBootSector = (bytes: Uint8Array): boolean =>
  bytes.length >= SECTOR && bytes[510] === 0x55 && bytes[511] === 0xaa;

/**
 * The bytes of an image file. One with 55 AA at offset 510 boots as a BIOS boots a disk, any other is
 * loaded whole.
 *
 * @throws UnloadableImage
 */
export function imageFrom(bytes: Uint8Array): BootImage {
  if (hasText(bytes, 0, '\x7fELF')) throw new UnloadableImage('ELF images');
  if (hasText(bytes, 0x202, 'HdrS')) throw new UnloadableImage('bzImage kernels');
  if (isBootSector(bytes)) {
    return { bytes: bytes.subarray(0, SECTOR), address: DEFAULT_ADDRESS, drive: HARD_DISK };
  }
  return { bytes, address: DEFAULT_ADDRESS };
}

function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  return [...text].every((character, n) => bytes[offset + n] === character.charCodeAt(0));
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
