import { assembleFile } from './assemble';
import { notBuiltYet } from './errors';
import { readInput } from './files';

/** A guest's image, and how it starts. */
export interface BootImage {
  readonly bytes: Uint8Array;
  /** Guest-physical address of the first byte; the guest starts there in real mode with CS = 0. */
  readonly address: number;
  /** DL, as a BIOS leaves it: the drive booted from. */
  readonly drive: number | undefined;
}

const DEFAULT_ORIGIN = 0x7c00;
const SECTOR = 512;
const HARD_DISK = 0x80;

/** Reads an image; undefined when a source file has errors (they have been printed). */
export async function loadImage(path: string): Promise<BootImage | undefined> {
  if (/\.(asm|nasm|s)$/i.test(path)) return assembled(path);
  const bytes = await readInput(path);
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic === '\x7fELF') notBuiltYet('ELF images');
  if (hasText(bytes, 0x202, 'HdrS')) notBuiltYet('bzImage kernels');
  if (isBootSector(bytes)) {
    return { bytes: bytes.subarray(0, SECTOR), address: DEFAULT_ORIGIN, drive: HARD_DISK };
  }
  return { bytes, address: DEFAULT_ORIGIN, drive: undefined };
}

/** 55 AA at the end of the first sector: booted as a BIOS boots a disk. */
function isBootSector(bytes: Uint8Array): boolean {
  return bytes.length >= SECTOR && bytes[510] === 0x55 && bytes[511] === 0xaa;
}

function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  return [...text].every((c, n) => bytes[offset + n] === c.charCodeAt(0));
}

async function assembled(path: string): Promise<BootImage | undefined> {
  const assembly = await assembleFile(path);
  if (!assembly) return undefined;
  const address = assembly.hasOrigin ? Number(assembly.origin) : DEFAULT_ORIGIN;
  return { bytes: assembly.image, address, drive: undefined };
}
