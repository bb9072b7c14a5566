import * as l10n from '@vscode/l10n';
import { shortened, shown } from '../arguments/shape';
import { RequestError } from '../request-error';

/** Attributes of a launch configuration, read one by one. Each refuses what it cannot be, with its name and the value. */

export type Attributes = Partial<Record<string, unknown>>;

const MIB = 2 ** 20;
export const SMALLEST_MEMORY = MIB;
/** The simulated computer's physical memory lies in one WebAssembly memory. */
export const LARGEST_MEMORY = 3 * 1024 * MIB;

export const refuse = (message: string): RequestError => new RequestError(message, true);

export function wrongType(name: string, wanted: string, found: unknown): RequestError {
  return refuse(l10n.t('"{0}" must be {1}, not {2}.', name, wanted, shown(found)));
}

export function flag(args: Attributes, name: string, otherwise: boolean): boolean {
  const value = args[name] ?? otherwise;
  if (typeof value !== 'boolean') throw wrongType(name, 'true / false', value);
  return value;
}

export function text(args: Attributes, name: string): string | undefined {
  const value = args[name];
  if (value !== undefined && typeof value !== 'string') {
    throw wrongType(name, l10n.t('a text'), value);
  }
  return value;
}

export function path(args: Attributes, name: string): string | undefined {
  const value = args[name];
  if (value !== undefined && (typeof value !== 'string' || value === '')) {
    throw wrongType(name, l10n.t('a path'), value);
  }
  return value;
}

/** A path, or a list of paths and of `{"program": path}`. */
export function diskParts(value: unknown): string[] {
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
export function floppyDisks(value: unknown): string[][] {
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

export function raise(error: Error): never {
  throw error;
}

/** The path in a path or in `{"program": path}`. */
export function partPath(part: unknown): string | undefined {
  const found = isObject(part) ? part['program'] : part;
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** A number, or text such as "0x100000". */
export function address(args: Attributes, name: string): number | undefined {
  const value = args[name];
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw wrongType(name, l10n.t('an address such as "0x8000"'), value);
  }
  return number;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first choice is the default. */
export function choice<const T extends string>(
  args: Attributes,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  const value = args[name] ?? choices[0];
  const found = choices.find((candidate) => candidate === value);
  if (found === undefined) throw wrongType(name, listOf(choices), value);
  return found;
}

export const listOf = (choices: readonly string[]): string =>
  choices.map((c) => `"${c}"`).join(' / ');

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: MIB, G: 1024 * MIB };

/** Bytes, or a number with a suffix. */
export function size(name: string, value: unknown): number {
  const valid = typeof value === 'number' || typeof value === 'string';
  const match = valid && /^(\d+)\s*([KMG]?)i?B?$/i.exec(String(value).trim());
  if (!match) throw wrongType(name, l10n.t('a size such as "64M"'), value);
  return Number(match[1]) * (UNITS[(match[2] ?? '').toUpperCase()] ?? 1);
}

/** Bytes, from a number or from text with a unit. */
export function memorySize(value: unknown): number {
  const bytes = size('memory', value);
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

export function strings(name: string, value: unknown): string[] {
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw wrongType(name, l10n.t('a list of texts'), value);
  }
  return value as string[];
}

export function defines(value: unknown): Record<string, string> {
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
