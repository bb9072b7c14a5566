import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Chronicle, type ChronicleState } from './chronicle';
import { rowsOf, totalsOf } from './rows';
import { spread } from './spread';

/** A row as the model has it: the count of instructions, and which of some exits. */
type Row = readonly [at: number, reason: number];

/** A timeline of the model, with what could be gone back to. */
interface Line {
  readonly rows: Row[];
  readonly saved: { readonly rows: number; readonly state: ChronicleState }[];
}

/** A chronicle beside a model that keeps everything: as a recorder would have them. */
class Run {
  line: Line = { rows: [], saved: [] };
  readonly lines = [this.line];
  here = 0;
  readonly chronicle: Chronicle;

  constructor(capacity: number) {
    this.chronicle = new Chronicle(() => this.line, capacity);
    this.save();
  }

  get at(): number {
    return this.line.rows[this.here - 1]?.[0] ?? 0;
  }

  save(): void {
    this.line.saved.push({ rows: this.here, state: this.chronicle.save() });
  }

  /** What is known comes again; then something new. */
  goOn(count: number, choice: number): void {
    for (let n = 0; n < count; n++) {
      const row = this.line.rows[this.here] ?? [this.at + ((n * choice) % 4), (n + choice) % 5];
      this.line.rows[this.here++] = row;
      this.chronicle.add('exit', 0, row[1], 0, row[0]);
    }
  }

  back(choice: number): void {
    const saved = this.line.saved[choice % this.line.saved.length];
    if (!saved) return;
    this.chronicle.restore(saved.state);
    this.here = saved.rows;
  }

  fork(): void {
    if (this.here === this.line.rows.length) return;
    const { here, line } = this;
    this.line = {
      rows: line.rows.slice(0, here),
      saved: line.saved.filter(({ rows }) => rows <= here),
    };
    this.lines.push(this.line);
    this.save();
  }

  switchTo(choice: number): void {
    this.line = this.lines[choice % this.lines.length] ?? this.line;
    const last = this.line.saved.at(-1);
    if (!last) return;
    this.chronicle.restore(last.state);
    this.here = last.rows;
    this.goOn(this.line.rows.length - this.here, 0);
  }
}

const DEEDS = {
  goOn: (run: Run, choice: number) => {
    run.goOn(choice, choice);
  },
  save: (run: Run) => {
    run.save();
  },
  back: (run: Run, choice: number) => {
    run.back(choice);
  },
  fork: (run: Run) => {
    run.fork();
  },
  switchTo: (run: Run, choice: number) => {
    run.switchTo(choice);
  },
};

const deeds = fc.array(
  fc.tuple(
    fc.constantFrom(...(Object.keys(DEEDS) as (keyof typeof DEEDS)[])),
    fc.integer({ min: 1, max: 2500 }),
  ),
  { maxLength: 24 },
);

function countsIn(rows: readonly Row[], from: number, to: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const [at, reason] of rows) {
    if (at >= from && at < to) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return counts;
}

const sorted = (counts: ReadonlyMap<number, number>): unknown[] =>
  [...counts].sort(([a], [b]) => a - b);

describe('the chronicle', () => {
  for (const capacity of [1_000_000, 3000]) {
    const kept = capacity === 3000 ? 'a few thousand rows' : 'all rows';
    it(`knows what happened on each timeline, with ${kept} kept`, () => {
      fc.assert(
        fc.property(deeds, (list) => {
          const run = new Run(capacity);
          for (const [what, choice] of list) DEEDS[what](run, choice);
          check(run);
        }),
        { numRuns: 60 },
      );
    });
  }

  /** Counts are exact in every stretch; rows are what they were, as far as they are kept. */
  function check({ chronicle, line: { rows } }: Run): void {
    const reasonOf = (series: number): number => chronicle.series.all[series]?.code ?? -1;
    const byReason = (counts: ReadonlyMap<number, number>): unknown[] =>
      sorted(new Map([...counts].map(([series, total]) => [reasonOf(series), total])));
    assert.deepEqual(byReason(totalsOf(chronicle)), sorted(countsIn(rows, 0, Infinity)));
    const end = rows.at(-1)?.[0] ?? 0;
    for (const [from, to, most] of [
      [0, end, 10],
      [Math.floor(end / 3), Math.floor(end / 2), 7],
    ] as const) {
      const stretches = spread(chronicle, from, to, most);
      assert.ok(stretches.length <= most);
      stretches.forEach((stretch, n) => {
        const last = n === stretches.length - 1;
        const expected = countsIn(rows, stretch.from, last ? stretch.to + 1 : stretch.to);
        assert.deepEqual(byReason(stretch.counts), sorted(expected));
        assert.equal(stretch.to, stretches[n + 1]?.from ?? stretch.to);
      });
    }
    let first = 0;
    for (const part of chronicle.course.parts) {
      const found = [...rowsOf(part, 0, Infinity)].map(({ at, series }) => [at, reasonOf(series)]);
      const expected = rows.slice(first, (first += part.length));
      if (part.columns) assert.deepEqual(found, expected);
      else assert.deepEqual(byReason(part.counts), sorted(countsIn(expected, 0, Infinity)));
    }
    assert.equal(first, rows.length);
  }

  it('keeps as many rows as there is room for', () => {
    const run = new Run(4096);
    run.goOn(100_000, 3);
    const detailed = run.chronicle.course.parts.filter(({ columns }) => columns);
    assert.ok(detailed.length >= 3 && detailed.length <= 4, String(detailed.length));
  });

  it('shows a stretch as long as what is known together', () => {
    const run = new Run(2048);
    run.goOn(10_000, 3);
    const stretches = spread(run.chronicle, 0, run.at, 1000);
    const total = stretches.reduce(
      (sum, { counts }) => sum + [...counts.values()].reduce((a, b) => a + b, 0),
      0,
    );
    assert.equal(total, 10_000);
    assert.ok(stretches.length < 300 && stretches.length > 100, String(stretches.length));
  });

  it('takes a mode down when something else is done, and not one that a fault has taken back', () => {
    const book = new Chronicle(() => PLACE);
    const modes = (): unknown[] =>
      book.course.parts
        .flatMap((part) => [...rowsOf(part, 0, Infinity)])
        .map(({ at, series }) => [
          at,
          book.series.all[series]?.kind,
          book.series.all[series]?.code,
        ]);
    book.mode(0, 7, 0);
    book.mode(0, 8, 5);
    book.mode(0, 7, 5);
    book.mode(0, 9, 6);
    book.add('exit', 0, 1, 1, 6);
    assert.deepEqual(modes(), [
      [0, 'mode', 7],
      [6, 'mode', 9],
      [6, 'exit', 1],
    ]);
  });
});

const PLACE = {};
