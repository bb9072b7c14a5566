import * as l10n from '@vscode/l10n';
import type { Arrival } from '../../debugger/comparison/arrival';
import { MONITORS, type MonitorName, type Paging } from '../../session';
import { INTERCEPTS } from '../../vmm';
import type { ArrivingLaunch } from '../comparison/place-protocol';
import type { LaunchArguments } from '../protocol';
import { shortened, shown } from '../arguments/shape';
import { RequestError } from '../request-error';

/** A launch configuration that has been checked, defaults filled in. */
export interface LaunchSettings {
  /** What is booted: a source or an image; undefined where a disk or firmware alone is. */
  readonly program: string | undefined;
  /** Parts of one disk, in order: sources or images. */
  readonly disk: readonly string[];
  /** Up to two floppy disks, each in parts. */
  readonly floppies: readonly (readonly string[])[];
  readonly cdrom: string | undefined;
  /** What the guest writes is written to the image files in the end. */
  readonly writable: boolean;
  readonly bios: string | undefined;
  readonly append: string | undefined;
  readonly initrd: string | undefined;
  /** Sources and ELF files that tell names and lines of images. */
  readonly symbolFiles: readonly string[];
  /** Where an image without a format of its own is loaded, and entered. */
  readonly loadAddress: number | undefined;
  readonly entry: number | undefined;
  readonly stopOnEntry: boolean;
  /** Where the guest stops first; undefined: at its first instruction. */
  readonly arrival: Arrival | undefined;
  readonly monitor: MonitorName;
  /** Bytes. */
  readonly memory: number;
  readonly paging: Paging;
  readonly tlbTags: boolean;
  readonly allocation: 'eager' | 'on-demand';
  readonly intercepts: NonNullable<LaunchArguments['intercepts']>;
  readonly holdInterrupts: boolean;
  /** A guest that sleeps does so as long as on a real machine. */
  readonly realTime: boolean;
  readonly defines: Readonly<Record<string, string>>;
  readonly includeDirs: readonly string[];
  /** Run without stopping at anything. */
  readonly noDebug: boolean;
}

const MIB = 2 ** 20;
export const SMALLEST_MEMORY = MIB;
/** The simulated computer's physical memory lies in one WebAssembly memory. */
export const LARGEST_MEMORY = 3 * 1024 * MIB;

/** What clients add to every configuration, and what VS Code takes for itself. */
const CLIENTS_OWN: ReadonlySet<string> = new Set([
  'name',
  'type',
  'request',
  'noDebug',
  'preLaunchTask',
  'postDebugTask',
  'internalConsoleOptions',
  'debugServer',
  'presentation',
  'serverReadyAction',
  'suppressMultipleSessionWarning',
  'windows',
  'linux',
  'osx',
  'trace',
  'cwd',
]);
const OURS: ReadonlySet<string> = new Set([
  'program',
  'disk',
  'floppy',
  'cdrom',
  'writable',
  'bios',
  'append',
  'initrd',
  'symbolFiles',
  'loadAddress',
  'entry',
  'stopOnEntry',
  'monitor',
  'memory',
  'paging',
  'tlbTags',
  'allocation',
  'intercepts',
  'interruptsWhileStepping',
  'time',
  'defines',
  'includeDirs',
]);

/** Attributes that mean nothing here: misspelt ones, mostly. */
export function unknownAttributes(args: object): string[] {
  return Object.keys(args).filter(
    (name) => !OURS.has(name) && !CLIENTS_OWN.has(name) && !name.startsWith('__'),
  );
}

/** @throws RequestError naming the attribute and what it may be */
export function checkAttributes(
  args: Partial<Record<keyof ArrivingLaunch, unknown>>,
): LaunchSettings {
  const { program } = args;
  const disk = diskParts(args.disk);
  const floppies = floppyDisks(args.floppy);
  const [bios, cdrom] = [path(args, 'bios'), path(args, 'cdrom')];
  const media = disk.length + floppies.length > 0 || cdrom !== undefined;
  if ((program === undefined && !media && bios === undefined) || program === '') {
    throw refuse(
      l10n.t('The launch configuration names no "program": the assembly file to debug.'),
    );
  }
  return {
    program: path(args, 'program'),
    disk,
    floppies,
    cdrom,
    writable: flag(args, 'writable', false),
    bios,
    append: text(args, 'append'),
    initrd: path(args, 'initrd'),
    symbolFiles: strings('symbolFiles', args.symbolFiles ?? []),
    loadAddress: address(args, 'loadAddress'),
    entry: address(args, 'entry'),
    stopOnEntry: flag(args, 'stopOnEntry', true),
    arrival: arrival(args.__arrival),
    monitor: choice(args, 'monitor', MONITORS),
    memory: memorySize(args.memory ?? '64M'),
    paging: choice(args, 'paging', ['ept', 'shadow']),
    tlbTags: choice(args, 'tlbTags', ['on', 'off']) === 'on',
    allocation: choice(args, 'allocation', ['eager', 'on-demand']),
    intercepts: intercepts(args.intercepts),
    holdInterrupts: choice(args, 'interruptsWhileStepping', ['hold', 'deliver']) === 'hold',
    realTime: choice(args, 'time', ['real', 'fast']) === 'real',
    defines: defines(args.defines ?? {}),
    includeDirs: strings('includeDirs', args.includeDirs ?? []),
    noDebug: flag(args, 'noDebug', false),
  };
}

const refuse = (message: string): RequestError => new RequestError(message, true);

function wrongType(name: string, wanted: string, found: unknown): RequestError {
  return refuse(l10n.t('"{0}" must be {1}, not {2}.', name, wanted, shown(found)));
}

function flag(args: Partial<Record<string, unknown>>, name: string, otherwise: boolean): boolean {
  const value = args[name] ?? otherwise;
  if (typeof value !== 'boolean') throw wrongType(name, 'true / false', value);
  return value;
}

function text(args: Partial<Record<string, unknown>>, name: string): string | undefined {
  const value = args[name];
  if (value !== undefined && typeof value !== 'string') {
    throw wrongType(name, l10n.t('a text'), value);
  }
  return value;
}

function path(args: Partial<Record<string, unknown>>, name: string): string | undefined {
  const value = args[name];
  if (value !== undefined && (typeof value !== 'string' || value === '')) {
    throw wrongType(name, l10n.t('a path'), value);
  }
  return value;
}

/** A path, or a list of paths and of `{"program": path}`. */
function diskParts(value: unknown): string[] {
  if (value === undefined) return [];
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  return parts.map((part) => {
    const found = partPath(part);
    if (found !== undefined) return found;
    throw wrongType(
      'disk',
      l10n.t('a path, or a list of paths and {"program": "boot.asm"}'),
      value,
    );
  });
}

const MOST_FLOPPIES = 2;

/** A path, or a list of up to two disks: paths, `{"program": path}`, lists of those. */
function floppyDisks(value: unknown): string[][] {
  if (value === undefined) return [];
  const disks: unknown[] = Array.isArray(value) ? value : [value];
  const wrong = (): RequestError =>
    wrongType(
      'floppy',
      l10n.t('a path, or a list of up to two floppy disks (paths, {"program": "boot.asm"}, lists)'),
      value,
    );
  if (disks.length > MOST_FLOPPIES) throw wrong();
  return disks.map((disk) => {
    const parts: unknown[] = Array.isArray(disk) ? disk : [disk];
    if (parts.length === 0) throw wrong();
    return parts.map((part) => partPath(part) ?? raise(wrong()));
  });
}

function raise(error: Error): never {
  throw error;
}

/** The path in a path or in `{"program": path}`. */
function partPath(part: unknown): string | undefined {
  const found = isObject(part) ? part['program'] : part;
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** What only commands tell; anything else is none. */
function arrival(value: unknown): Arrival | undefined {
  if (!isObject(value)) return undefined;
  const { address, count } = value;
  const isAddress = typeof address === 'string' && /^0x[0-9a-f]{1,16}$/i.test(address);
  if (!isAddress || typeof count !== 'number' || !(count >= 1)) return undefined;
  return { address: BigInt(address), count };
}

/** A number, or text such as "0x100000". */
function address(args: Partial<Record<string, unknown>>, name: string): number | undefined {
  const value = args[name];
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw wrongType(name, l10n.t('an address such as "0x8000"'), value);
  }
  return number;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first choice is the default. */
function choice<const T extends string>(
  args: Partial<Record<string, unknown>>,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  const value = args[name] ?? choices[0];
  const found = choices.find((candidate) => candidate === value);
  if (found === undefined) throw wrongType(name, listOf(choices), value);
  return found;
}

const listOf = (choices: readonly string[]): string => choices.map((c) => `"${c}"`).join(' / ');

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: MIB, G: 1024 * MIB };

/** Bytes, from a number or from text with a unit. */
function memorySize(value: unknown): number {
  const valid = typeof value === 'number' || typeof value === 'string';
  const match = valid && /^(\d+)\s*([KMG]?)i?B?$/i.exec(String(value).trim());
  if (!match) throw wrongType('memory', l10n.t('a size such as "64M"'), value);
  const bytes = Number(match[1]) * (UNITS[(match[2] ?? '').toUpperCase()] ?? 1);
  if (bytes < SMALLEST_MEMORY || bytes > LARGEST_MEMORY) {
    throw refuse(
      l10n.t(
        '"memory" is {0}: the guest can have from {1} to {2}.',
        shortened(String(value)),
        '1M',
        '3G',
      ),
    );
  }
  return bytes;
}

function intercepts(value: unknown): LaunchSettings['intercepts'] {
  if (value === undefined) return [...INTERCEPTS];
  return strings('intercepts', value).map((name) => {
    const found = INTERCEPTS.find((intercept) => intercept === name);
    if (!found) throw wrongType('intercepts', listOf(INTERCEPTS), name);
    return found;
  });
}

function strings(name: string, value: unknown): string[] {
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw wrongType(name, l10n.t('a list of texts'), value);
  }
  return value as string[];
}

function defines(value: unknown): Record<string, string> {
  if (!isObject(value)) throw wrongType('defines', '{"NAME": "VALUE"}', value);
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => {
      if (!/^[A-Za-z_.?@][\w.?@~#$]*$/.test(name))
        throw wrongType('defines', l10n.t('a macro name'), name);
      if (typeof text === 'object') throw wrongType(`defines.${name}`, l10n.t('a text'), text);
      return [name, String(text)];
    }),
  );
}
