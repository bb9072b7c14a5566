import * as l10n from '@vscode/l10n';
import type { Debuggee } from '../../debugger/debuggee';
import { eventOf, modeOfCode } from '../../debugger/trace/chronicle/codes';
import { episodes, type Episode } from '../../debugger/trace/chronicle/episodes';
import { totalsOf } from '../../debugger/trace/chronicle/rows';
import type { Series } from '../../debugger/trace/chronicle/series';
import { spread } from '../../debugger/trace/chronicle/spread';
import { isException } from '../../debugger/trace/event-log';
import { exitText, LONGEST_OUTPUT, outputText, seriesName } from '../../debugger/words/chronicle';
import { bookmarkBody } from './bookmark-body';
import type { EpisodeBody, HistoryArguments, HistoryResponse, SeriesBody } from './protocol';

const MOST_STRETCHES = 2000;
const USUAL_STRETCHES = 200;
/** More than these nobody reads one by one. */
const MOST_EPISODES = 400;

/** What happened in a run, as far as somebody asks. */
export function historyOf(debuggee: Debuggee, args: HistoryArguments): HistoryResponse {
  const { chronicle, machine, run, names, targets } = debuggee;
  const { recorder, bookmarks } = run;
  const instructions = machine.computer.processor.completed;
  chronicle.settleBefore(instructions);
  const present = recorder?.lastInstructions ?? instructions;
  const to = Math.min(args.to ?? present, present);
  const from = Math.min(args.from ?? 0, to);
  const most = Math.min(MOST_STRETCHES, Math.max(1, args.stretches ?? USUAL_STRETCHES));
  const listed = episodes(chronicle, from, to, MOST_EPISODES, {
    text: (series, row) => episodeName(debuggee, series, row),
    longestOutput: LONGEST_OUTPUT,
  });
  const way = noWayBack(debuggee);
  return {
    from,
    to,
    instructions,
    present,
    ...(way !== undefined && { noWayBack: way }),
    guests: targets.length > 1 ? names : [],
    series: seriesBodies(debuggee),
    stretches: spread(chronicle, from, to, most).map(({ counts, ...stretch }) => ({
      ...stretch,
      counts: [...counts],
    })),
    ...(listed && { episodes: listed.map((episode) => episodeBody(debuggee, episode)) }),
    bookmarks: (bookmarks?.all ?? [])
      .filter(({ timeline }) => timeline === recorder?.timeline)
      .map(bookmarkBody),
    checkpoints: recorder?.timeline.checkpoints.all.map((each) => each.instructions) ?? [],
  };
}

function noWayBack({ run, target }: Debuggee): string | undefined {
  if (run.recorder) return undefined;
  return target.technique.translated
    ? l10n.t('the past of a translated guest cannot be visited')
    : l10n.t('the past of this session is not recorded');
}

function seriesBodies({ chronicle, targets }: Debuggee): SeriesBody[] {
  const totals = totalsOf(chronicle);
  return chronicle.series.all.map((series, index) => {
    const { kind, target: guest, code } = series;
    const target = targets[guest] ?? targets[0];
    const gloss = kind === 'exit' ? target.technique.exits.gloss(code) : '';
    return {
      kind,
      guest,
      name: seriesName(series, target),
      ...(gloss !== '' && { gloss }),
      total: totals.get(index) ?? 0,
      ...(kind === 'event' && { isException: isException(eventOf(code)) }),
      ...(kind === 'mode' && { ring: modeOfCode(code).ring }),
    };
  });
}

function episodeName(
  { targets }: Debuggee,
  series: Series,
  row: Parameters<typeof exitText>[1],
): string {
  if (series.kind === 'output') return '';
  const target = targets[series.target] ?? targets[0];
  return series.kind === 'exit' ? exitText(series, row, target) : seriesName(series, target);
}

function episodeBody({ chronicle, targets }: Debuggee, episode: Episode): EpisodeBody {
  const { from, to, series: index, count, first } = episode;
  const series = chronicle.series.all[index];
  const name =
    series?.kind === 'output'
      ? l10n.t('{0}: “{1}”', seriesName(series, targets[0]), outputText(episode.bytes))
      : episode.text;
  const repeated = count > 1 && series?.kind !== 'output';
  return {
    from,
    to,
    series: index,
    count,
    text: repeated ? l10n.t('{0} × {1}', name, count.toLocaleString('en')) : name,
    ...(series?.kind === 'exit' && { exit: first }),
  };
}
