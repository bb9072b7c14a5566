import * as l10n from '@vscode/l10n';
import { Gpr } from '../../isa/registers/general';
import { loadFirmware } from '../../firmware/firmware';
import { forProcessors } from '../../firmware/processor-tables';
import type { Assembly } from '../../program';
import { resetStart } from '../../processor/state/start-state';
import { acpiRootPointer } from './acpi';
import { endOfPieces, type BootImage, type Chip, type Media } from './boot-image';
import { BOOT_ADDRESS, isBootSector } from './boot-sector';
import { isElf, loadElf, readElf } from './elf';
import { flatAt, flatImage } from './flat';
import { longModeStart, protectedModeStart, type Prepared } from './flat-start';
import { isLinux, loadLinux } from './linux';
import { loadMultiboot, multibootHeader } from './multiboot';
import { loadMultiboot2, multiboot2Header } from './multiboot2';
import { isCd } from './iso9660';
import { mediaOf, type MediaOptions } from './media';
import type { BootOptions, KernelOptions } from './options';
import { foreignChips } from './foreign-bios';
import { powerOn } from './power-on';
import { loadPvh, pvhEntry } from './pvh';
import { requireMemory, UnbootableImage } from './unbootable';

/** The formats of images, and how each of them is booted. */

export type { BootOptions } from './options';

/**
 * An image file: what boots as a disk (55 AA at offset 510), a CD, a Linux bzImage, a Multiboot kernel, an
 * ELF image; anything else is loaded whole and started in real mode.
 *
 * @throws UnbootableImage that names what is wrong
 */
export const bootImageFrom = (bytes: Uint8Array, options: BootOptions): Promise<BootImage> =>
  booted(bytes, options, () => flatAt(bytes, BOOT_ADDRESS));

/** An assembled program: the same, but that what is flat lies at its origin. @throws UnbootableImage */
export const bootProgram = (assembly: Assembly, options: BootOptions): Promise<BootImage> =>
  booted(assembly.image, options, () => flatImage(assembly));

async function booted(
  bytes: Uint8Array,
  options: BootOptions,
  flat: () => BootImage,
): Promise<BootImage> {
  const { memory } = options;
  if (isCd(bytes)) return bootCd(bytes, options);
  if (options.bios && !isBootSector(bytes)) {
    throw new UnbootableImage(
      l10n.t('firmware of your own boots disks: this image does not begin with a boot sector'),
    );
  }
  const kernel = kernelIn(bytes);
  const image = kernel
    ? await underFirmware(kernel, options)
    : isBootSector(bytes)
      ? await bootFirmware({ ...options, disks: [bytes, ...(options.disks ?? [])] })
      : { ...flat(), media: withoutBooting(options) };
  requireMemory(endOfPieces(image.pieces), memory);
  return image;
}

function bootCd(bytes: Uint8Array, options: BootOptions): Promise<BootImage> {
  if (options.cdrom) {
    throw new UnbootableImage(l10n.t('a second CD: there is one drive'), options.cdrom.name);
  }
  const { name } = options;
  return bootFirmware({ ...options, cdrom: { name, bytes }, cdFirst: true });
}

/** The media of a program that is booted without them. */
const withoutBooting = (options: BootOptions): Media => mediaOf({ ...options, cdFirst: false });

/**
 * Bytes that are loaded and entered where the user says, whatever they look like.
 *
 * @throws UnbootableImage
 */
export function bootFlatAt(
  bytes: Uint8Array,
  place: { readonly address: number; readonly entry: number },
  options: BootOptions,
): BootImage {
  const media = withoutBooting(options);
  const image = { ...flatAt(bytes, place.address, place.entry), media };
  requireMemory(endOfPieces(image.pieces), options.memory);
  return image;
}

/** Puts a kernel where it belongs. @throws UnbootableImage */
type KernelLoader = (options: KernelOptions) => Prepared;

/** How an image is loaded that is a kernel; undefined when it is none. */
function kernelIn(bytes: Uint8Array): KernelLoader | undefined {
  if (isLinux(bytes)) return (options) => loadLinux(bytes, options);
  if (isBootSector(bytes)) return undefined;
  const multiboot = multibootHeader(bytes);
  if (multiboot) return (options) => loadMultiboot(bytes, multiboot, options);
  const multiboot2 = multiboot2Header(bytes);
  if (multiboot2) return (options) => loadMultiboot2(bytes, multiboot2, options);
  return isElf(bytes) ? (options) => startElf(bytes, options) : undefined;
}

/** [CS, data segments] of an ELF image that tells no way to be started. */
const FLAT_SELECTORS = { code: 0x08, data: 0x10 };
const STACK = 0x9_0000;

/** By its PVH entry, or at its entry point in the mode that its class names. */
function startElf(bytes: Uint8Array, options: KernelOptions): Prepared {
  const elf = readElf(bytes);
  const loaded = loadElf(bytes, elf, options.memory);
  const pvh = pvhEntry(bytes, elf);
  if (pvh !== undefined) return loadPvh(loaded, pvh, options);
  const loader = { entry: elf.entry, registers: { [Gpr.RSP]: STACK }, ...FLAT_SELECTORS };
  const { start, pieces } = elf.bits === 64 ? longModeStart(loader) : protectedModeStart(loader);
  return { start, pieces: [...loaded, ...pieces] };
}

/**
 * A computer that is switched on: its firmware boots the first disk. Firmware of the user's own is
 * executed from its first instruction, so that it can be debugged.
 *
 * @throws UnbootableImage
 */
export async function bootFirmware(options: BootOptions & MediaOptions): Promise<BootImage> {
  const { bios, memory, cpus } = options;
  // Firmware of the user's own knows by itself what it boots.
  const media = mediaOf(bios ? { ...options, cdFirst: options.cdFirst ?? false } : options);
  if (!bios) return powerOn({ roms: await builtInRoms(cpus), memory, media, cpus });
  const own = foreignChips(bios);
  const lowest = Math.min(...own.map(({ address }) => address));
  const video = (await builtInRoms()).filter(({ address }) => address < lowest - VIDEO_MOST);
  return {
    pieces: [],
    start: resetStart(),
    firmware: { roms: [...video, ...own], msrs: [], optionRoms: video },
    media,
  };
}

const VIDEO_MOST = 0x1_0000;

async function builtInRoms(cpus = 1): Promise<readonly Chip[]> {
  const { roms } = await loadFirmware();
  return roms.map((rom) =>
    rom.name === 'bios' ? { ...rom, bytes: forProcessors(rom.bytes, cpus) } : rom,
  );
}

/** Firmware runs first; then the kernel lies in memory, and the loader has set the registers. */
async function underFirmware(load: KernelLoader, options: BootOptions): Promise<BootImage> {
  const { memory, cpus } = options;
  const roms = await builtInRoms(cpus);
  const { pieces, start } = load({ ...options, acpi: acpiRootPointer(roms) });
  const media = withoutBooting(options);
  const ready = powerOn({ roms, memory, media, cpus, kernel: true });
  return { ...ready, start, pieces: [...ready.pieces, ...pieces] };
}
