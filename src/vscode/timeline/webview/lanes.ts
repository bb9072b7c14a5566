import type { HistoryResponse, SeriesBody } from '../../../adapter/past/protocol';

/** What stands beside each other in the picture: one kind of a guest's. */
export interface Lane {
  readonly kind: SeriesBody['kind'];
  readonly guest: number;
  readonly pieces: readonly Piece[];
}

/** A stretch or an episode in a lane. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** Each with its part of the whole, in the order of the legend. */
  readonly parts: readonly (readonly [series: number, share: number])[];
  /** 0 to 1: how much there is of it, beside the most that there is. */
  readonly height: number;
  /** What it is called, where it is one thing. */
  readonly text?: string;
}

const KINDS: readonly SeriesBody['kind'][] = ['exit', 'event', 'mode', 'output'];

/** The lanes in which anything happens in the whole run. */
export function lanesOf(history: HistoryResponse): Lane[] {
  const guests = Math.max(1, history.guests.length);
  const lanes = Array.from({ length: guests }, (_, guest) =>
    KINDS.filter((kind) =>
      history.series.some((each) => each.kind === kind && each.guest === guest && each.total > 0),
    ).map((kind): Lane => {
      const pieces = kind === 'mode' ? modes(history, guest) : happenings(history, kind, guest);
      return { kind, guest, pieces };
    }),
  );
  return lanes.flat();
}

function happenings(history: HistoryResponse, kind: Lane['kind'], guest: number): Piece[] {
  const isMeant = (index: number): boolean => {
    const series = history.series[index];
    return series?.kind === kind && series.guest === guest;
  };
  if (history.episodes) {
    return history.episodes
      .filter(({ series }) => isMeant(series))
      .map(({ from, to, series, text }) => ({ from, to, parts: [[series, 1]], height: 1, text }));
  }
  const found = history.stretches
    .map(({ from, to, counts }) => {
      const own = counts.filter(([index]) => isMeant(index));
      return { from, to, own, sum: own.reduce((total, [, count]) => total + count, 0) };
    })
    .filter(({ sum }) => sum > 0);
  const most = Math.max(1, ...found.map(({ sum }) => sum));
  return found.map(({ from, to, own, sum }) => ({
    from,
    to,
    parts: own.map(([index, count]) => [index, count / sum] as const),
    height: Math.log1p(sum) / Math.log1p(most),
  }));
}

/** The modes one after the other; several in one piece where they change more often than is known one by one. */
function modes(history: HistoryResponse, guest: number): Piece[] {
  const isMode = (index: number): boolean => {
    const series = history.series[index];
    return series?.kind === 'mode' && series.guest === guest;
  };
  const { stretches, episodes } = history;
  const begin = stretches[0]?.modes.find(isMode);
  const pieces: Piece[] = [];
  const add = (from: number, to: number, seen: readonly number[]): void => {
    if (to <= from || seen.length === 0) return;
    const last = pieces.at(-1);
    const parts = seen.map((index) => [index, 1 / seen.length] as const);
    const same = last?.parts.length === 1 && parts.length === 1 && last.parts[0]?.[0] === seen[0];
    if (same && last.to === from) pieces.splice(-1, 1, { ...last, to });
    else pieces.push({ from, to, parts, height: 1 });
  };
  if (episodes) {
    let [mode, from] = [begin, history.from];
    for (const episode of episodes.filter(({ series }) => isMode(series))) {
      add(from, episode.from, mode === undefined ? [] : [mode]);
      [mode, from] = [episode.series, episode.from];
    }
    add(from, history.to, mode === undefined ? [] : [mode]);
    return pieces;
  }
  for (const { from, to, modes: known, counts } of stretches) {
    const changed = counts.map(([index]) => index).filter(isMode);
    add(from, to, [...new Set([...known.filter(isMode), ...changed])]);
  }
  return pieces;
}

/** So many colours with patterns there are; the last one is that of all others. */
export const LOOKS = 8;

/** How the exits look, by the index of their series: the most frequent ones have looks of their own. */
export function looksOf({ series }: HistoryResponse): ReadonlyMap<number, number> {
  const exits = series
    .map(({ kind, name, total }, index) => ({ kind, name, total, index }))
    .filter(({ kind }) => kind === 'exit');
  const totals = new Map<string, number>();
  for (const { name, total } of exits) totals.set(name, (totals.get(name) ?? 0) + total);
  const names = [...totals].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return new Map(exits.map(({ name, index }) => [index, Math.min(LOOKS - 1, names.indexOf(name))]));
}
