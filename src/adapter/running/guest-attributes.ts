import * as l10n from '@vscode/l10n';
import { guestNames } from '../../session';
import type { RequestError } from '../request-error';
import {
  address,
  defines,
  diskParts,
  floppyDisks,
  isObject,
  memorySize,
  path,
  refuse,
  strings,
  text,
  wrongType,
  type Attributes,
} from './attribute-readers';

/** What a launch configuration says of guests: of the only one, or of each of several. */

/** What a guest is booted from: for each of several the same. */
export interface BootSettings {
  /** What is booted: a source or an image; undefined where a disk or firmware alone is. */
  readonly program: string | undefined;
  /** Parts of one disk, in order: sources or images. */
  readonly disk: readonly string[];
  /** Up to two floppy disks, each in parts. */
  readonly floppies: readonly (readonly string[])[];
  readonly cdrom: string | undefined;
  readonly bios: string | undefined;
  readonly append: string | undefined;
  /** How many processors firmware finds. Default: 1. */
  readonly cpus?: number;
  readonly initrd: string | undefined;
  /** Sources and ELF files that tell names and lines of images. */
  readonly symbolFiles: readonly string[];
  /** Where an image without a format of its own is loaded, and entered. */
  readonly loadAddress: number | undefined;
  readonly entry: number | undefined;
  /** Bytes. */
  readonly memory: number;
  readonly defines: Readonly<Record<string, string>>;
  readonly includeDirs: readonly string[];
}

/** One of several guests. */
export interface GuestSettings extends BootSettings {
  /** Undefined: as its file. */
  readonly name: string | undefined;
}

/** What guests are called. */
export function namesOf(guests: readonly GuestSettings[]): string[] {
  const files = guests.map(
    ({ program, disk, cdrom, bios }) => program ?? disk[0] ?? cdrom ?? bios ?? 'guest',
  );
  const names = guestNames(files);
  return guests.map(({ name }, n) => name ?? names[n] ?? '');
}

/** What one of several guests may have of its own; what it does not say is as the configuration has it. */
const OF_GUESTS: ReadonlySet<string> = new Set([
  'name',
  'program',
  'disk',
  'floppy',
  'cdrom',
  'bios',
  'append',
  'initrd',
  'symbolFiles',
  'loadAddress',
  'entry',
  'memory',
  'defines',
  'includeDirs',
]);
/** More make no sense on one processor. */
const MOST_GUESTS = 8;

const MEDIA = ['program', 'disk', 'floppy', 'cdrom', 'bios'] as const;

/** Whether a configuration names anything that a computer starts with. */
export const bootsAnything = (args: Attributes): boolean =>
  MEDIA.some((name) => args[name] !== undefined);

/** @throws RequestError where it is no list of guests */
export function guestsOf(value: unknown): Attributes[] {
  if (value === undefined) return [];
  const wrong = (): RequestError =>
    wrongType('guests', l10n.t('a list of guests such as {"program": "kernel.asm"}'), value);
  if (!Array.isArray(value)) throw wrong();
  if (value.length > MOST_GUESTS) {
    throw refuse(l10n.t('"guests" has {0}: it can have {1} at most.', value.length, MOST_GUESTS));
  }
  return value.map((each: unknown) => {
    const guest = typeof each === 'string' ? { program: each } : each;
    if (!isObject(guest) || !bootsAnything(guest)) throw wrong();
    const unknown = Object.keys(guest).find((name) => !OF_GUESTS.has(name));
    if (unknown !== undefined) {
      throw refuse(l10n.t('"guests": a guest has no attribute "{0}" of its own.', unknown));
    }
    return guest;
  });
}

export function guestSettings(args: Attributes): GuestSettings {
  const { program } = args;
  const disk = diskParts(args['disk']);
  const floppies = floppyDisks(args['floppy']);
  const [bios, cdrom] = [path(args, 'bios'), path(args, 'cdrom')];
  const media = disk.length + floppies.length > 0 || cdrom !== undefined;
  if ((program === undefined && !media && bios === undefined) || program === '') {
    throw refuse(
      l10n.t('The launch configuration names no "program": the assembly file to debug.'),
    );
  }
  return {
    name: text(args, 'name'),
    program: path(args, 'program'),
    disk,
    floppies,
    cdrom,
    bios,
    append: text(args, 'append'),
    initrd: path(args, 'initrd'),
    symbolFiles: strings('symbolFiles', args['symbolFiles'] ?? []),
    loadAddress: address(args, 'loadAddress'),
    entry: address(args, 'entry'),
    memory: memorySize(args['memory'] ?? '64M'),
    defines: defines(args['defines'] ?? {}),
    includeDirs: strings('includeDirs', args['includeDirs'] ?? []),
  };
}
