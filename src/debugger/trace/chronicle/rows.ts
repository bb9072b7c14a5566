import type { Chronicle } from './chronicle';
import type { Part } from './part';

/** One row of the chronicle. */
export interface ChronicleRow {
  /** How many instructions had been completed. */
  readonly at: number;
  /** Its index. */
  readonly series: number;
  readonly datum: number;
}

/** The rows of a part that lie between two counts of instructions; both are within. */
export function* rowsOf(
  { columns, length }: Part,
  from: number,
  to: number,
): Generator<ChronicleRow> {
  if (!columns) return;
  const { at, series, datum } = columns;
  for (let n = firstFrom(at, length, from); n < length && (at[n] ?? 0) <= to; n++) {
    yield { at: at[n] ?? 0, series: series[n] ?? 0, datum: datum[n] ?? 0 };
  }
}

/** The last rows up to the present moment, the oldest first: so many, as far as they are kept. */
export function recentRows(
  { course: { parts }, length }: Chronicle,
  most: number,
): readonly ChronicleRow[] {
  const found: ChronicleRow[] = [];
  let before = 0;
  for (const { columns, length: rows } of parts) {
    const first = Math.max(0, length - most - before);
    for (let n = first; columns && n < Math.min(rows, length - before); n++) {
      const [at, series, datum] = [columns.at[n], columns.series[n], columns.datum[n]];
      found.push({ at: at ?? 0, series: series ?? 0, datum: datum ?? 0 });
    }
    before += rows;
  }
  return found;
}

/** The parts of the present course between two counts of instructions. */
export const partsWithin = ({ course }: Chronicle, from: number, to: number): readonly Part[] =>
  course.parts.filter((part) => part.to >= from && part.from <= to);

/** Where the rows begin that are not before a count. */
function firstFrom(at: Float64Array, length: number, from: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How often each series occurs in all that is known of the present course. */
export function totalsOf(chronicle: Chronicle): Map<number, number> {
  const totals = new Map<number, number>();
  for (const part of chronicle.course.parts) {
    if (part.columns) {
      for (let n = 0; n < part.length; n++) {
        const series = part.columns.series[n] ?? 0;
        totals.set(series, (totals.get(series) ?? 0) + 1);
      }
    } else {
      for (const [series, count] of part.counts) {
        totals.set(series, (totals.get(series) ?? 0) + count);
      }
    }
  }
  return totals;
}

/**
 * How many instructions had been completed at an exit, also one that is yet to come where somebody has gone back.
 *
 * @returns undefined where there is none of that number, or it is not kept any more
 */
export function exitAt(
  { course, series }: Chronicle,
  target: number,
  number: number,
): number | undefined {
  for (const part of course.parts) {
    for (const { at, series: index, datum } of rowsOf(part, 0, Infinity)) {
      if (datum !== number) continue;
      const found = series.all[index];
      if (found?.kind === 'exit' && found.target === target) return at;
    }
  }
  return undefined;
}
