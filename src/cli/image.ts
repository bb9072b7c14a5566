import * as l10n from '@vscode/l10n';
import type { Assembly } from '../program';
import {
  asLoaded,
  bootFirmware,
  bootImageFrom,
  bootProgram,
  programOfImage,
  UnbootableImage,
  type BootImage,
  type BootOptions,
  type NamedBytes,
} from '../session';
import { assembleFile } from './assemble';
import { usageError } from './errors';
import { readImage } from './files';

/** An image, with what is known of its source. */
export interface LoadedImage {
  readonly image: BootImage;
  readonly program?: Assembly;
  /** The files whose bytes may lie in drives. */
  readonly files: readonly NamedBytes[];
}

/** What goes with an image on the command line: paths. */
export interface ImageOptions {
  readonly memory: number;
  readonly cpus?: number | undefined;
  readonly append?: string | undefined;
  readonly initrd?: string | undefined;
  readonly disks: readonly string[];
  readonly floppies: readonly string[];
  readonly cdrom?: string | undefined;
  readonly bios?: string | undefined;
}

const image = async (path: string): Promise<NamedBytes> => ({
  name: path,
  bytes: await readImage(path),
});

const named = async (path: string | undefined): Promise<NamedBytes | undefined> =>
  path === undefined ? undefined : image(path);

/**
 * Reads an image and what goes with it; undefined when a source file has errors (they have been printed).
 *
 * @param path undefined for a machine that its firmware boots from its disks
 * @throws UsageError that names the file and the fact
 */
export async function loadImage(
  path: string | undefined,
  options: ImageOptions,
): Promise<LoadedImage | undefined> {
  const disks = await Promise.all(options.disks.map(image));
  const floppies = await Promise.all(options.floppies.map(image));
  const { memory, cpus, append, initrd } = options;
  const boot: BootOptions = {
    name: path ?? '',
    memory,
    cpus,
    append,
    initrd: await named(initrd),
    disks: disks.map(({ bytes }) => bytes),
    floppies,
    cdrom: await named(options.cdrom),
    bios: await named(options.bios),
  };
  const files = [...disks, ...floppies];
  try {
    if (path === undefined) return { image: await bootFirmware(boot), files };
    if (!/\.(asm|nasm|s)$/i.test(path)) {
      const bytes = await readImage(path);
      const image = await bootImageFrom(bytes, boot);
      const program = programOfImage(bytes, path);
      return { image, program, files: [{ name: path, bytes }, ...files] };
    }
    const assembly = await assembleFile(path);
    if (assembly?.image.length === 0) throw usageError(`${path}: gives not one byte of code`);
    return (
      assembly && {
        image: await bootProgram(assembly, boot),
        program: asLoaded(assembly),
        files,
      }
    );
  } catch (error) {
    if (!(error instanceof UnbootableImage)) throw error;
    throw usageError(l10n.t('{0}: {1}', error.file ?? path ?? 'ringside', error.message));
  }
}
