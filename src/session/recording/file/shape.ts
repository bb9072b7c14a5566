import * as l10n from '@vscode/l10n';
import { damaged } from './unreadable';

/**
 * What a value of a recording must be: gives it, or throws `UnreadableRecording`.
 *
 * @param path what the value is called in errors: `course.entries[0].steps`
 */
export type Shape<T> = (value: unknown, path: string) => T;

const simple =
  <T>(fits: (value: unknown) => value is T): Shape<T> =>
  (value, path) => {
    if (fits(value)) return value;
    throw damaged(l10n.t('“{0}” is missing or not what it must be', path));
  };

export const text = simple((value): value is string => typeof value === 'string');
export const flag = simple((value): value is boolean => typeof value === 'boolean');
export const big = simple((value): value is bigint => typeof value === 'bigint');
export const bytes = simple((value): value is Uint8Array => value instanceof Uint8Array);
export const anyObject = simple(
  (value): value is object => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** A number without a fraction. */
export const whole = (least: number, most = Number.MAX_SAFE_INTEGER): Shape<number> =>
  simple(
    (value): value is number =>
      Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
  );
/** How many, or which one counting from 0. */
export const count = whole(0);

export const choice = <const T extends string | number>(...choices: readonly T[]): Shape<T> =>
  simple((value): value is T => choices.some((one) => one === value));

export const list =
  <T>(of: Shape<T>, least = 0, most = Infinity): Shape<readonly T[]> =>
  (value, path) => {
    const isList = (all: unknown): all is unknown[] =>
      Array.isArray(all) && all.length >= least && all.length <= most;
    return simple(isList)(value, path).map((item, n) => of(item, `${path}[${String(n)}]`));
  };

export const map =
  <K, V>(key: Shape<K>, of: Shape<V>): Shape<ReadonlyMap<K, V>> =>
  (value, path) => {
    const isMap = (all: unknown): all is Map<unknown, unknown> => all instanceof Map;
    const entries = [...simple(isMap)(value, path)];
    return new Map(
      entries.map(([name, each]) => [key(name, path), of(each, `${path}[${String(name)}]`)]),
    );
  };

export const pair =
  <A, B>(first: Shape<A>, second: Shape<B>): Shape<readonly [A, B]> =>
  (value, path) => {
    const [a, b] = list((item) => item, 2, 2)(value, path);
    return [first(a, `${path}[0]`), second(b, `${path}[1]`)];
  };

export const optional =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : shape(value, path);

type Fields<T> = { readonly [K in keyof T]-?: Shape<T[K]> };

/** An object with these fields, and no others; those that may be undefined may be missing. */
export const object =
  <T extends object>(fields: Fields<T>): Shape<T> =>
  (value, path) => {
    const given = new Map<string, unknown>(Object.entries(anyObject(value, path)));
    const read: [string, unknown][] = [];
    for (const [name, shape] of Object.entries<Shape<unknown>>(fields)) {
      const one = shape(given.get(name), path === '' ? name : `${path}.${name}`);
      if (one !== undefined) read.push([name, one]);
    }
    return Object.fromEntries(read) as T;
  };

/** Objects of several kinds, which their field `kind` tells. */
export const oneOf =
  <T extends { readonly kind: string }>(kinds: {
    readonly [K in T['kind']]: Shape<Extract<T, { readonly kind: K }>>;
  }): Shape<T> =>
  (value, path) => {
    const { kind } = anyObject(value, path) as { kind?: unknown };
    const known = Object.keys(kinds).find((one): one is T['kind'] => one === kind);
    if (known === undefined) throw damaged(l10n.t('“{0}” is missing or not what it must be', path));
    return kinds[known](value, path);
  };
