/** How many rows of the chronicle lie together. */
export const PART = 1024;

/** What happened, row by row. */
export interface Columns {
  /** How many instructions had been completed. */
  readonly at: Float64Array;
  /** An index into the series of the chronicle. */
  readonly series: Uint32Array;
  /** What is particular to the row: see `Series`. */
  readonly datum: Uint32Array;
}

/** How often each series occurs, by its index. */
export type Counts = ReadonlyMap<number, number>;

/** Rows of the chronicle that follow each other. Several courses of events may share them. */
export interface Part {
  /** The number of rows. */
  length: number;
  /** How many instructions had been completed at the first row, and at the last one. */
  from: number;
  to: number;
  /** Undefined: there is no room for the rows any more. */
  columns: Columns | undefined;
  /** Of a part without rows. */
  counts: Counts;
}

export const newColumns = (): Columns => ({
  at: new Float64Array(PART),
  series: new Uint32Array(PART),
  datum: new Uint32Array(PART),
});

export const newPart = (at: number): Part => ({
  length: 0,
  from: at,
  to: at,
  columns: newColumns(),
  counts: new Map(),
});

/** How often each series occurs in a part. */
export function countsOf({ columns, counts, length }: Part): Counts {
  if (!columns) return counts;
  const found = new Map<number, number>();
  for (let n = 0; n < length; n++) count(found, columns.series[n] ?? 0, 1);
  return found;
}

/** The first rows of a part, whose length is less than its own. */
export function headOf({ columns, from }: Part & { columns: Columns }, length: number): Part {
  const head = newColumns();
  head.at.set(columns.at.subarray(0, length));
  head.series.set(columns.series.subarray(0, length));
  head.datum.set(columns.datum.subarray(0, length));
  return { length, from, to: head.at[length - 1] ?? from, columns: head, counts: new Map() };
}

/** Only how often things happened is left. */
export function thin(part: Part): void {
  part.counts = countsOf(part);
  part.columns = undefined;
}

/** Neighbours become one, two by two, where both have no rows any more. */
export function mergePairs(parts: readonly Part[]): Part[] {
  const merged: Part[] = [];
  for (let n = 0; n < parts.length; n++) {
    const [part, next] = [parts[n], parts[n + 1]];
    if (!part) continue;
    const pair = next && !part.columns && !next.columns;
    merged.push(pair ? joined(part, next) : part);
    if (pair) n++;
  }
  return merged;
}

function joined(first: Part, second: Part): Part {
  const counts = new Map(first.counts);
  for (const [series, total] of second.counts) count(counts, series, total);
  const length = first.length + second.length;
  return { length, from: first.from, to: second.to, columns: undefined, counts };
}

export function count(counts: Map<number, number>, series: number, by: number): void {
  counts.set(series, (counts.get(series) ?? 0) + by);
}
