import type { LineEntry } from './assembly';

type AddressKey = 'address' | 'load';

function sortBy(entries: readonly LineEntry[], key: AddressKey): LineEntry[] {
  return entries
    .filter((entry) => entry.length > 0)
    .sort((a, b) => (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0));
}

function findIn(
  sorted: readonly LineEntry[],
  key: AddressKey,
  address: bigint,
): LineEntry | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = sorted[middle];
    if (entry && entry[key] <= address) low = middle + 1;
    else high = middle;
  }
  const entry = sorted[low - 1];
  return entry && address < entry[key] + BigInt(entry.length) ? entry : undefined;
}

/** Which source line each stretch of an image came from, and back. */
export interface Lines {
  /** In the order of assembly. */
  readonly entries: readonly LineEntry[];
  /** The files that gave anything to the image. */
  readonly files: readonly string[];
  /** The entry that covers a virtual address. */
  at(address: bigint): LineEntry | undefined;
  /** The entry that covers a load address (where the image lies in memory). */
  atLoad(address: bigint): LineEntry | undefined;
  /** The entry that covers a virtual address, of code that is to run elsewhere than where it is loaded. */
  movedTo(address: bigint): LineEntry | undefined;
  /** What a source line became, in the order of assembly; lines inside macro bodies count for every expansion. */
  of(file: string, line: number): readonly LineEntry[];
  /** The first line from `line` on that has instructions, for a breakpoint set on a comment. */
  nextCodeLine(file: string, line: number): number | undefined;
  /** Every line of a file that has instructions, ascending. */
  linesWithCode(file: string): readonly number[];
  /** The same lines of an image that was loaded so much higher than at its origin. */
  loadedElsewhere(shift: bigint): Lines;
}

/** What every line of every file became, in the order of assembly. */
type ByLine = ReadonlyMap<string, ReadonlyMap<number, readonly LineEntry[]>>;

function entriesByLine(entries: readonly LineEntry[]): ByLine {
  const byLine = new Map<string, Map<number, LineEntry[]>>();
  for (const entry of entries) {
    for (const { file, line } of entry.chain) {
      let lines = byLine.get(file);
      if (!lines) byLine.set(file, (lines = new Map<number, LineEntry[]>()));
      const list = lines.get(line);
      if (!list) lines.set(line, [entry]);
      else if (list[list.length - 1] !== entry) list.push(entry);
    }
  }
  return byLine;
}

/** The lines of each file that have instructions, ascending. */
function codeLines(byLine: ByLine): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  for (const [file, lines] of byLine) {
    const code = [...lines]
      .filter(([, list]) => list.some((entry) => entry.kind === 'code'))
      .map(([line]) => line);
    found.set(
      file,
      code.sort((a, b) => a - b),
    );
  }
  return found;
}

/** Makes something when it is asked for first: who only wants the image looks up no lines. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Which source line each stretch of the image came from, and back. Look-ups take logarithmic or constant time. */
export class LineTable implements Lines {
  private readonly byVirtual = lazily(() => sortBy(this.entries, 'address'));
  private readonly byLoad = lazily(() => sortBy(this.entries, 'load'));
  private readonly moved = lazily(() =>
    this.byVirtual().filter(({ address, load }) => address !== load),
  );
  private readonly byLine = lazily(() => entriesByLine(this.entries));
  private readonly codeLines = lazily(() => codeLines(this.byLine()));

  /** @param entries in the order of assembly */
  constructor(readonly entries: readonly LineEntry[]) {}

  loadedElsewhere(shift: bigint): LineTable {
    return new LineTable(this.entries.map((entry) => ({ ...entry, load: entry.load + shift })));
  }

  at(address: bigint): LineEntry | undefined {
    return findIn(this.byVirtual(), 'address', address);
  }

  atLoad(address: bigint): LineEntry | undefined {
    return findIn(this.byLoad(), 'load', address);
  }

  movedTo(address: bigint): LineEntry | undefined {
    return findIn(this.moved(), 'address', address);
  }

  of(file: string, line: number): readonly LineEntry[] {
    return this.byLine().get(file)?.get(line) ?? [];
  }

  nextCodeLine(file: string, line: number): number | undefined {
    const lines = this.codeLines().get(file) ?? [];
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((lines[middle] ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    return lines[low];
  }

  linesWithCode(file: string): readonly number[] {
    return this.codeLines().get(file) ?? [];
  }

  get files(): string[] {
    return [...this.byLine().keys()];
  }
}
