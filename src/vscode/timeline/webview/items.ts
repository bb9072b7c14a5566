import type {
  EpisodeBody,
  GoToArguments,
  HistoryResponse,
  SeriesBody,
  StretchBody,
} from '../../../adapter/past/protocol';
import { filled } from '../../webviews/filled';
import type { PageTexts } from '../messages';

/** Something in the list of what happened, that can be gone to. */
export interface Item {
  readonly from: number;
  readonly to: number;
  /** What happened, without when. */
  readonly name: string;
  readonly text: string;
  /** Of an episode; undefined where it is a stretch, or a mark. */
  readonly series?: number;
  readonly goal: GoToArguments;
}

/** What happened: one by one where that is known, else in stretches, and what was marked. */
export function itemsOf(history: HistoryResponse, texts: PageTexts): readonly Item[] {
  const { episodes, stretches, from, to } = history;
  const happened = episodes
    ? episodes.map((episode) => ofEpisode(episode, history, texts))
    : stretches
        .filter(({ counts }) => counts.length > 0)
        .map((stretch) => ofStretch(stretch, history, texts));
  const marks = history.bookmarks
    .filter(({ instructions }) => instructions >= from && instructions <= to)
    .map(({ name, number: bookmark, instructions }): Item => ({
      from: instructions,
      to: instructions,
      name: filled(texts.bookmark, name),
      text: filled(texts.after, filled(texts.bookmark, name), instructions),
      goal: { to: 'bookmark', number: bookmark },
    }));
  return [...happened, ...marks].sort((a, b) => a.from - b.from);
}

function ofEpisode(
  { from, to, text, series, exit }: EpisodeBody,
  history: HistoryResponse,
  texts: PageTexts,
): Item {
  const guest = history.series[series]?.guest ?? 0;
  const name = withGuest(text, guest, history, texts);
  return {
    from,
    to,
    name,
    text: filled(texts.after, name, from),
    series,
    goal:
      exit === undefined
        ? { to: 'instruction', number: from }
        : { to: 'exit', number: exit, guest },
  };
}

function ofStretch(stretch: StretchBody, history: HistoryResponse, texts: PageTexts): Item {
  const { from, to } = stretch;
  const name = countsText(stretch, history, texts);
  return {
    from,
    to,
    name,
    text: filled(texts.stretch, from, to, name),
    goal: { to: 'instruction', number: Math.max(from, history.from) },
  };
}

export function countsText(
  { counts }: Pick<StretchBody, 'counts'>,
  history: HistoryResponse,
  texts: PageTexts,
): string {
  return counts
    .map(([index, count]) => {
      const series = history.series[index];
      const name = withGuest(series?.name ?? '', series?.guest ?? 0, history, texts);
      return count === 1 ? name : filled(texts.times, name, count);
    })
    .join(texts.separator);
}

function withGuest(
  text: string,
  guest: number,
  { guests }: HistoryResponse,
  texts: PageTexts,
): string {
  const name = guests[guest];
  return name === undefined ? text : filled(texts.guest, text, name);
}

/** What has happened in the whole run, in a line. */
export function summaryOf({ series, present }: HistoryResponse, texts: PageTexts): string {
  const of = (kind: SeriesBody['kind']): SeriesBody[] =>
    series.filter((each) => each.kind === kind && each.total > 0);
  const sum = (list: readonly SeriesBody[]): number =>
    list.reduce((total, each) => total + each.total, 0);
  const exits = of('exit').sort((a, b) => b.total - a.total);
  const reasons = exits
    .slice(0, 4)
    .map(({ name, total }) => filled(texts.times, name, total))
    .join(texts.separator);
  const exitsText = filled(texts.exits, sum(exits));
  return [
    filled(texts.instructions, present),
    ...(exits.length > 0 ? [filled(texts.guest, exitsText, reasons)] : []),
    ...(of('event').length > 0 ? [filled(texts.events, sum(of('event')))] : []),
    ...(of('output').length > 0 ? [filled(texts.bytes, sum(of('output')))] : []),
  ].join(texts.separator);
}
