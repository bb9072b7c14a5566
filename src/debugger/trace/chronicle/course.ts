import { count, countsOf, headOf, mergePairs, newPart, PART, type Part } from './part';

/** Parts without rows are merged when there are more. */
const MOST_THIN = 4096;

/** How far somebody has come in a course of events. */
export interface Progress {
  readonly rows: number;
  /** How often each series had occurred, by its index. */
  readonly totals: readonly number[];
  readonly instructions: number;
}

/** What is known to have happened in one course of events, in order. */
export class Course {
  length = 0;

  /** @param began is told of each new part */
  constructor(
    private readonly began: (part: Part) => void,
    private list: Part[] = [],
  ) {
    for (const { length } of list) this.length += length;
  }

  get parts(): readonly Part[] {
    return this.list;
  }

  add(at: number, series: number, datum: number): void {
    let last = this.list.at(-1);
    if (!last?.columns || last.length === PART) {
      last = newPart(at);
      this.list.push(last);
      this.began(last);
    }
    const { columns, length: row } = last;
    if (!columns) return;
    columns.at[row] = at;
    columns.series[row] = series;
    columns.datum[row] = datum;
    last.length++;
    last.to = at;
    this.length++;
  }

  /** Where another course of events leaves this one: it has what came before. */
  fork({ rows, totals, instructions }: Progress): Course {
    const shared: Part[] = [];
    const seen = new Map<number, number>();
    let left = rows;
    for (const part of this.list) {
      if (left <= 0) break;
      const whole = part.length <= left && (part.length >= PART || !part.columns);
      if (whole) shared.push(part);
      else if (part.columns) {
        const head = headOf({ ...part, columns: part.columns }, Math.min(left, part.length));
        shared.push(head);
        this.began(head);
      } else shared.push(headOfThin(part, left, totals, seen, instructions));
      for (const [series, n] of countsOf(part)) count(seen, series, n);
      left -= part.length;
    }
    return new Course(this.began, shared);
  }

  /** Keeps the list of parts short. */
  settle(): void {
    if (this.list.filter(({ columns }) => !columns).length > MOST_THIN) {
      this.list = mergePairs(this.list);
    }
  }
}

/** What is known of the first rows of a part that are not there any more: what had happened by then, without what came before it. */
function headOfThin(
  { from, to }: Part,
  length: number,
  totals: readonly number[],
  before: ReadonlyMap<number, number>,
  instructions: number,
): Part {
  const counts = new Map<number, number>();
  totals.forEach((total, series) => {
    const own = total - (before.get(series) ?? 0);
    if (own > 0) counts.set(series, own);
  });
  return { length, from, to: Math.min(to, instructions), columns: undefined, counts };
}
