import type { Chronicle } from './chronicle';
import { partsWithin, rowsOf, type ChronicleRow } from './rows';
import type { Series } from './series';

/** The same thing once or several times, with nothing of its kind between. */
export interface Episode {
  readonly from: number;
  to: number;
  /** Its index. */
  readonly series: number;
  count: number;
  readonly text: string;
  /** What is particular to the first of them. */
  readonly first: number;
  /** Of output: the bytes. */
  readonly bytes: number[];
}

/** How episodes are told of. */
export interface Telling {
  /** What one of them is called; others of the same text are the same thing. Of output: nothing. */
  text(series: Series, row: ChronicleRow): string;
  /** Output beyond so many bytes is another episode. */
  readonly longestOutput: number;
}

/** Of more rows than this nobody wants each one. */
const MOST_ROWS = 20_000;
const NEWLINE = 0x0a;

/**
 * What happened between two counts of instructions, one by one; what is repeated stands together.
 *
 * @returns undefined where it is more than so many episodes, or single rows are not kept any more
 */
export function episodes(
  chronicle: Chronicle,
  from: number,
  to: number,
  most: number,
  telling: Telling,
): readonly Episode[] | undefined {
  const parts = partsWithin(chronicle, from, to);
  const rows = parts.reduce((sum, part) => sum + (part.columns ? part.length : Infinity), 0);
  // Of the first part and the last one not all rows need be meant.
  if (rows > MOST_ROWS + 2048) return undefined;
  const found: Episode[] = [];
  const open = new Map<string, Episode>();
  for (const row of parts.flatMap((part) => [...rowsOf(part, from, to)])) {
    const series = chronicle.series.all[row.series];
    if (!series) continue;
    const lane = `${series.kind}/${String(series.target)}`;
    const text = telling.text(series, row);
    const last = open.get(lane);
    if (last && continues(last, series, row, text, telling)) {
      extend(last, series, row);
      continue;
    }
    if (found.length >= most) return undefined;
    const episode: Episode = {
      from: row.at,
      to: row.at,
      series: row.series,
      count: 1,
      text,
      first: row.datum,
      bytes: series.kind === 'output' ? [row.datum] : [],
    };
    found.push(episode);
    open.set(lane, episode);
  }
  return found;
}

function continues(
  episode: Episode,
  { kind }: Series,
  row: ChronicleRow,
  text: string,
  { longestOutput }: Telling,
): boolean {
  if (episode.series !== row.series) return false;
  if (kind !== 'output') return episode.text === text;
  return episode.bytes.length < longestOutput && episode.bytes.at(-1) !== NEWLINE;
}

function extend(episode: Episode, { kind }: Series, { at, datum }: ChronicleRow): void {
  episode.to = at;
  episode.count++;
  if (kind === 'output') episode.bytes.push(datum);
}
