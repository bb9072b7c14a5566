import type { Chronicle } from './chronicle';
import { count, type Part } from './part';
import { partsWithin, rowsOf } from './rows';

/** What happened between two counts of instructions. */
export interface Stretch {
  readonly from: number;
  /** The first count that is not within; of the last stretch, the last one that is. */
  readonly to: number;
  /** How often each series occurs in it, by its index. */
  readonly counts: ReadonlyMap<number, number>;
  /** The modes that processors are in at its beginning, as indices of series; none where that is not known any more. */
  readonly modes: readonly number[];
}

interface Cell {
  from: number;
  to: number;
  readonly counts: Map<number, number>;
  readonly modes: number[];
}

/**
 * What happened, in stretches of equal length. Where single rows are not kept any more a stretch is as long as what is
 * known together, also beyond the ends: counts are exact everywhere.
 *
 * @param most at most so many stretches
 */
export function spread(chronicle: Chronicle, from: number, to: number, most: number): Stretch[] {
  const [first, last] = knownTogether(chronicle, from, to);
  const parts = partsWithin(chronicle, first, last);
  const cells = cellsFor(parts, [first, last], [from, to], Math.max(1, most));
  let at = 0;
  const cellOf = (position: number): Cell | undefined => {
    while (at < cells.length - 1 && position >= (cells[at]?.to ?? Infinity)) at++;
    return cells[at];
  };
  for (const part of parts) {
    if (!part.columns) {
      const cell = cellOf(part.from);
      if (cell) for (const [series, total] of part.counts) count(cell.counts, series, total);
    }
    for (const row of rowsOf(part, first, last)) {
      const cell = cellOf(row.at);
      if (cell) count(cell.counts, row.series, 1);
    }
  }
  noteModes(chronicle, cells);
  return cells;
}

/** The ends, further out where a part without rows reaches beyond them. */
function knownTogether(chronicle: Chronicle, from: number, to: number): readonly [number, number] {
  const thin = partsWithin(chronicle, from, to).filter(({ columns }) => !columns);
  const first = Math.min(from, thin[0]?.from ?? from);
  const last = Math.max(to, thin.at(-1)?.to ?? to);
  return first === from && last === to ? [from, to] : knownTogether(chronicle, first, last);
}

/** Equal ones, but for parts without rows, each of which lies in one. */
function cellsFor(
  parts: readonly Part[],
  [first, last]: readonly [number, number],
  [from, to]: readonly [number, number],
  most: number,
): Cell[] {
  const step = Math.max(1, Math.ceil((to - from + 1) / most));
  const borders: number[] = [];
  for (let border = from + step; border <= to; border += step) borders.push(border);
  const thin = parts.filter(({ columns }) => !columns);
  const splits = (border: number): boolean =>
    thin.some((part) => part.from < border && border <= part.to);
  const starts = [first, ...borders.filter((border) => !splits(border))];
  return starts.map((start, n) => ({
    from: start,
    to: starts[n + 1] ?? last,
    counts: new Map(),
    modes: [],
  }));
}

/** In which modes each stretch begins: the last ones that were entered before. */
function noteModes(chronicle: Chronicle, cells: readonly Cell[]): void {
  // A million rows may be looked through: of each series it is known whose mode it is.
  const targets = chronicle.series.all.map(({ kind, target }) =>
    kind === 'mode' ? target : undefined,
  );
  const modes = new Map<number, number>();
  let next = 0;
  const begin = (position: number): void => {
    for (; next < cells.length && (cells[next]?.from ?? 0) < position; next++) {
      cells[next]?.modes.push(...modes.values());
    }
  };
  for (const part of chronicle.course.parts) {
    if (next >= cells.length) return;
    if (!part.columns) {
      begin(part.to);
      // Which mode was the last is not known: none is shown until the next one.
      for (const index of part.counts.keys()) {
        const target = targets[index];
        if (target !== undefined) modes.delete(target);
      }
    }
    const { columns, length } = part;
    if (!columns) continue;
    for (let n = 0; n < length; n++) {
      const index = columns.series[n] ?? 0;
      const target = targets[index];
      if (target === undefined) continue;
      begin(columns.at[n] ?? 0);
      modes.set(target, index);
    }
  }
  begin(Infinity);
}
