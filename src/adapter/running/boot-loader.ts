import * as l10n from '@vscode/l10n';
import type { Assembly } from '../../program';
import {
  asLoaded,
  bootFirmware,
  bootFlatAt,
  bootImageFrom,
  bootProgram,
  isElf,
  programOfImage,
  SECTOR,
  UnbootableImage,
  type BootImage,
  type BootOptions,
  type NamedBytes,
} from '../../session';
import type { AdapterHost } from '../host';
import { RequestError } from '../request-error';
import type { BootSettings } from './guest-attributes';
import { findSources } from './elf-sources';
import { assembleProgram, readFile, type Send } from './program-loader';

/** What a launch configuration boots: programs whose sources are known, images, disks. */

export interface LoadedBoot {
  /** With lines where they are loaded; the main one first. */
  readonly programs: readonly [Assembly, ...Assembly[]];
  readonly image: BootImage;
  /** The files whose bytes lie in drives as they are. */
  readonly files: readonly NamedBytes[];
}

/** A file of the configuration: an assembled source, or the bytes of an image. */
interface Part {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly program?: Assembly;
}

export class BootLoader {
  constructor(
    private readonly settings: BootSettings,
    private readonly host: AdapterHost,
    private readonly send: Send,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws RequestError with one message, and the signal's reason when it is called off */
  async load(): Promise<LoadedBoot> {
    const { settings } = this;
    const main = settings.program === undefined ? undefined : await this.part(settings.program);
    const onDisk = await this.parts(settings.disk);
    const onFloppies: Part[][] = [];
    for (const paths of settings.floppies) onFloppies.push(await this.parts(paths));
    const disk = onDisk.length > 0 ? joined(onDisk) : undefined;
    const parts = [...onDisk, ...onFloppies.flat()];
    const options: BootOptions = {
      name: settings.program ?? '',
      memory: settings.memory,
      cpus: settings.cpus,
      append: settings.append,
      ...(disk && { disks: [disk] }),
      floppies: onFloppies.map((own) => ({ name: own[0]?.path ?? '', bytes: joined(own) })),
      cdrom: await this.named(settings.cdrom),
      initrd: await this.named(settings.initrd),
      bios: await this.named(settings.bios),
    };
    const image = await this.boot(main, options);
    const symbols = await this.symbols([main, ...parts].flatMap((part) => part?.bytes ?? []));
    const first = main ?? parts[0];
    const known = [...(main ? [main] : []), ...parts].flatMap(({ program }) => program ?? []);
    const own = known.map((program, n) =>
      n === 0 && first?.program ? asLoaded(program) : program,
    );
    const [head, ...rest] = [...own, ...symbols];
    const bytes = first?.bytes ?? new Uint8Array();
    const files = [...(main ? [main] : []), ...parts].filter(isFile).map(namedBytes);
    return {
      programs: head ? [head, ...rest] : [programOfImage(bytes, first?.path ?? '')],
      image,
      files,
    };
  }

  private async parts(paths: readonly string[]): Promise<Part[]> {
    const parts: Part[] = [];
    for (const path of paths) parts.push(await this.part(path));
    return parts;
  }

  private async boot(main: Part | undefined, options: BootOptions): Promise<BootImage> {
    const { loadAddress, entry } = this.settings;
    try {
      if (!main) return await bootFirmware(options);
      if (loadAddress !== undefined || entry !== undefined) {
        const address = loadAddress ?? entry ?? 0;
        return bootFlatAt(main.bytes, { address, entry: entry ?? address }, options);
      }
      if (main.program) return await bootProgram(main.program, options);
      return await bootImageFrom(main.bytes, options);
    } catch (error) {
      if (!(error instanceof UnbootableImage)) throw error;
      const file = error.file ?? main?.path ?? this.settings.disk[0] ?? '';
      throw new RequestError(l10n.t('{0}: {1}', file, error.message), true);
    }
  }

  private async part(path: string): Promise<Part> {
    const bytes = await readFile(path, this.host);
    if (bytes.length === 0) {
      throw new RequestError(l10n.t('{0}: the file is empty', path), true);
    }
    if (isImage(path, bytes)) {
      return { path, bytes, ...(isElf(bytes) && { program: await this.elf(path, bytes) }) };
    }
    const program = await assembleProgram(path, this.settings, this.host, this.send, this.signal);
    return { path, bytes: program.image, program };
  }

  private async elf(path: string, bytes: Uint8Array): Promise<Assembly> {
    const program = programOfImage(bytes, path);
    const trouble = await findSources(program, this.host.files);
    if (trouble !== undefined) {
      const output = l10n.t('{0}: its debug information is damaged. {1}', path, trouble);
      this.send('output', { category: 'important', output: `${output}\n` });
    }
    return program;
  }

  /** Sources or ELF files whose bytes are in the image: they tell its names and lines. */
  private async symbols(images: readonly Uint8Array[]): Promise<Assembly[]> {
    const programs: Assembly[] = [];
    for (const path of this.settings.symbolFiles) {
      const { program, bytes } = await this.part(path);
      if (!program) {
        const message = l10n.t(
          '"symbolFiles": {0} is neither assembly text nor an ELF file.',
          path,
        );
        throw new RequestError(message, true);
      }
      if (!isElf(bytes) && !images.some((image) => contains(image, bytes))) {
        const message = l10n.t(
          '"symbolFiles": {0} does not match: what it is assembled to is nowhere in the image.',
          path,
        );
        throw new RequestError(message, true);
      }
      programs.push(program);
    }
    return programs;
  }

  private async named(path: string | undefined): Promise<BootOptions['initrd']> {
    return path === undefined ? undefined : { name: path, bytes: await readFile(path, this.host) };
  }
}

/** Text is assembled; whatever holds a zero byte, and is not named as a source, is an image. */
const isImage = (path: string, bytes: Uint8Array): boolean =>
  !/\.(asm|nasm|s|inc)$/i.test(path) && bytes.includes(0);

/** Not what was assembled. */
const isFile = ({ program, bytes }: Part): boolean => program === undefined || isElf(bytes);

const namedBytes = ({ path, bytes }: Part): NamedBytes => ({ name: path, bytes });

/** One disk: each part begins at a sector. An image that is all of it is taken as it is. */
function joined(parts: readonly Part[]): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1 && isFile(only)) return only.bytes;
  const places: number[] = [];
  let size = 0;
  for (const { bytes } of parts) {
    places.push(size);
    size += Math.ceil(bytes.length / SECTOR) * SECTOR;
  }
  const disk = new Uint8Array(size);
  parts.forEach(({ bytes }, n) => {
    disk.set(bytes, places[n]);
  });
  return disk;
}

/** Whether bytes occur in an image, at any offset. */
function contains(image: Uint8Array, bytes: Uint8Array): boolean {
  const [first] = bytes;
  if (first === undefined) return true;
  for (let at = image.indexOf(first); at >= 0; at = image.indexOf(first, at + 1)) {
    if (at + bytes.length > image.length) return false;
    if (bytes.every((byte, n) => image[at + n] === byte)) return true;
  }
  return false;
}
