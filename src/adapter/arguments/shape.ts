import * as l10n from '@vscode/l10n';
import { RequestError } from '../request-error';

/** What a value that comes from a client must be. */
export interface Shape<T> {
  /** In words, behind "must be". */
  readonly wanted: () => string;
  /**
   * The value, as handlers may rely on it.
   *
   * @param path what the value is called in errors: `breakpoints[0].line`
   * @throws RequestError that names what is wrong
   */
  read(value: unknown, path: string): T;
}

/** More of a wrong value than this is not repeated to people. */
const LONGEST_SHOWN = 40;

/** A wrong value in an error: short, however long or deep it is. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? '[…]' : '[]';
  if (typeof value === 'object' && value !== null) return '{…}';
  return shortened(JSON.stringify(value) ?? 'undefined');
}

/** A text from outside, cut to what people read of it. */
export const shortened = (text: string): string =>
  text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;

function simple<T>(wanted: () => string, fits: (value: unknown) => value is T): Shape<T> {
  return {
    wanted,
    read: (value, path) => {
      if (fits(value)) return value;
      throw misfit(path, wanted(), value);
    },
  };
}

function misfit(path: string, wanted: string, found: unknown): RequestError {
  return new RequestError(
    found === undefined
      ? l10n.t('"{0}" is missing: it must be {1}.', path, wanted)
      : l10n.t('"{0}" must be {1}, not {2}.', path, wanted, shown(found)),
  );
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

export const text = simple(
  () => l10n.t('a text'),
  (value): value is string => typeof value === 'string',
);
export const flag = simple(
  () => 'true / false',
  (value): value is boolean => typeof value === 'boolean',
);
/** A number without a fraction, which a double holds exactly. */
export const whole = simple(() => l10n.t('a whole number'), isWhole);
/** How many, or which one counting from 0. */
export const count = simple(
  () => l10n.t('a whole number from 0 on'),
  (value): value is number => isWhole(value) && value >= 0,
);
/** Any object: what is in it is somebody else's to check. */
export const anyObject = simple(() => l10n.t('an object'), isObject);

/** One of some texts. */
export function choice<const T extends string>(...choices: readonly T[]): Shape<T> {
  return simple(
    () => choices.map((one) => `"${one}"`).join(' / '),
    (value): value is T => choices.some((one) => one === value),
  );
}

export function list<T>(of: Shape<T>): Shape<T[]> {
  const wanted = (): string => l10n.t('a list');
  return {
    wanted,
    read: (value, path) => {
      if (!Array.isArray(value)) throw misfit(path, wanted(), value);
      return value.map((item: unknown, n) => of.read(item, `${path}[${String(n)}]`));
    },
  };
}

/** May be absent. Clients in languages without `undefined` send null for that. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return {
    wanted: () => shape.wanted(),
    read: (value, path) =>
      value === undefined || value === null ? undefined : shape.read(value, path),
  };
}

/** The fields that are relied on. */
type Fields<T> = { readonly [K in keyof T]-?: Shape<T[K]> };

/** An object with fields; what else stands in it is left as it is. */
export function object<T extends object>(fields: Fields<T>): Shape<T> {
  const rows = Object.entries<Shape<unknown>>(fields);
  return {
    wanted: anyObject.wanted,
    read: (value, path) => {
      const result = new Map(Object.entries(anyObject.read(value, path)));
      for (const [name, shape] of rows) {
        const read = shape.read(result.get(name), path === '' ? name : `${path}.${name}`);
        if (read === undefined) result.delete(name);
        else result.set(name, read);
      }
      return Object.fromEntries(result) as T;
    },
  };
}
