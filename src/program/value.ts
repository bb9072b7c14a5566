import { SourceError } from './diagnostics';

/**
 * Something with an address that is known only when the image is laid out: a section, or a mark such as
 * `section.NAME.start`.
 */
export interface Base {
  /** What messages call it. */
  readonly name: string;
  /** Its virtual address; undefined until the layout is done. */
  address: bigint | undefined;
  /** Its address as a sum: what every value relative to it shares. */
  readonly terms: readonly Term[];
}

/** `count` times a base's address or a register's content. */
export interface Term {
  readonly of: Base | number;
  readonly count: bigint;
}

/**
 * What an expression comes to: a number plus multiples of section addresses and registers. NASM's "scalar" has no
 * terms.
 */
export interface Value {
  readonly n: bigint;
  readonly terms: readonly Term[];
  /**
   * How many values are in it that no pass knows yet; 0 when it is known. As in NASM the difference of two unknown
   * values counts as known, which decides the sizes that the passes begin with.
   */
  readonly unknown: number;
}

const NO_TERMS: readonly Term[] = [];

export const once = (of: Base | number): readonly Term[] => [{ of, count: 1n }];

export const wrap = (n: bigint): bigint => BigInt.asIntN(64, n);

export function scalar(n: bigint): Value {
  return { n, terms: NO_TERMS, unknown: 0 };
}

export const UNKNOWN: Value = { n: 0n, terms: NO_TERMS, unknown: 1 };

export const isKnown = (value: Value): boolean => value.unknown === 0;

export const isScalar = (value: Value): boolean => value.terms.length === 0;

/** A section's address plus `n`. */
export function relative(base: Base, n: bigint): Value {
  return { n, terms: base.terms, unknown: 0 };
}

export function register(reg: number): Value {
  return { n: 0n, terms: [{ of: reg, count: 1n }], unknown: 0 };
}

function mergeTerms(a: readonly Term[], b: readonly Term[], sign: bigint): readonly Term[] {
  if (b.length === 0) return a;
  if (a.length === 0 && sign === 1n) return b;
  const merged = [...a];
  for (const { of, count } of b) {
    const i = merged.findIndex((term) => term.of === of);
    const sum = (i >= 0 ? (merged[i]?.count ?? 0n) : 0n) + sign * count;
    if (i < 0) merged.push({ of, count: sum });
    else if (sum === 0n) merged.splice(i, 1);
    else merged[i] = { of, count: sum };
  }
  return merged;
}

export function add(a: Value, b: Value, sign: 1n | -1n = 1n): Value {
  return {
    n: wrap(a.n + sign * b.n),
    terms: mergeTerms(a.terms, b.terms, sign),
    unknown: a.unknown + Number(sign) * b.unknown,
  };
}

export function multiply(a: Value, b: Value): Value {
  const [factor, other] = isScalar(a) ? [a, b] : [b, a];
  if (!isScalar(factor)) throw new SourceError('unable to multiply two non-scalar values');
  if (!isKnown(factor) || (isScalar(other) && !isKnown(other))) return UNKNOWN;
  return scaled(other, factor.n);
}

/** `value` times a plain number. */
export function scaled(value: Value, by: bigint): Value {
  return {
    n: wrap(value.n * by),
    terms: by === 0n ? NO_TERMS : value.terms.map(({ of, count }) => ({ of, count: count * by })),
    unknown: value.unknown * Number(by),
  };
}

const sameTerms = (a: readonly Term[], b: readonly Term[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((term, i) => term.of === b[i]?.of && term.count === b[i]?.count));

export const sameValue = (a: Value, b: Value): boolean =>
  a === b || (a.n === b.n && a.unknown === b.unknown && sameTerms(a.terms, b.terms));

/** Terms that stand for sections, without those for registers. */
export function isRelocatable(value: Value): boolean {
  return value.terms.some((term) => typeof term.of !== 'number');
}

/** The single base a value is relative to, if it is of the form base + n. */
export function singleBase(value: Value): Base | undefined {
  const [term, ...more] = value.terms;
  if (!term || more.length > 0 || term.count !== 1n || typeof term.of === 'number')
    return undefined;
  return term.of;
}

/** The value as a number once bases have addresses; register terms are left out. What is not known counts as 0. */
export function resolve(value: Value): bigint {
  if (!isKnown(value)) return 0n;
  let n = value.n;
  for (const { of, count } of value.terms) {
    if (typeof of !== 'number') n += (of.address ?? 0n) * count;
  }
  return wrap(n);
}
