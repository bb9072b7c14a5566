import * as l10n from '@vscode/l10n';
import type { Target } from '../target';
import type { Chronicle } from '../trace/chronicle/chronicle';
import { modeOfCode, type PlacedMode } from '../trace/chronicle/codes';
import { recentRows, type ChronicleRow } from '../trace/chronicle/rows';
import type { Series } from '../trace/chronicle/series';
import { seriesName } from '../words/chronicle';
import { modeName } from '../words/modes';
import type { Happening, ModeSet } from './way';
import { guestRoom, ringRoom } from './rooms';

/** Of more rows than these nobody asks where execution was. */
const ROWS = 2000;

/** What happened lately to a guest, or to a processor of the bare computer, as far as its way is concerned. */
export function happeningsOf(target: Target, chronicle: Chronicle): Happening[] {
  const happenings: Happening[] = [];
  let mode: PlacedMode | undefined;
  for (const row of recentRows(chronicle, ROWS)) {
    const series = chronicle.series.all[row.series];
    if (series?.target !== target.number || series.kind === 'output') continue;
    if (series.kind === 'mode') {
      const next = modeOfCode(series.code);
      happenings.push(modeSet(target, row, next, mode));
      mode = next;
    } else happenings.push(happening(target, row, series, series.kind));
  }
  return happenings;
}

function happening(
  target: Target,
  { at, datum }: ChronicleRow,
  series: Series,
  kind: 'exit' | 'event',
): Happening {
  if (kind === 'event') return { kind, at, by: () => seriesName(series, target) };
  const { exits, drawn } = target.technique;
  const name = exits.name(series.code);
  const ofInner = drawn.runsInner !== undefined && target.trace.seen(datum)?.ofL2 === true;
  const one = (): string => {
    const record = target.trace.seen(datum);
    return record?.reason === series.code ? exits.title(record) : name;
  };
  const by = (times: number): string => (times === 1 ? one() : l10n.t('{0} × {1}', name, times));
  return { kind, at, reason: series.code, ofInner, by };
}

function modeSet(
  target: Target,
  { at }: ChronicleRow,
  mode: PlacedMode,
  before: PlacedMode | undefined,
): ModeSet {
  const inGuest = target.vm !== undefined || mode.inGuest;
  const room = inGuest ? roomIn(target, mode) : ringRoom('host', mode.ring);
  return { kind: 'mode', at, room, by: () => changeText(mode, before) };
}

/** Before it has protected mode a guest in an outer ring is executed by software, and nothing is translated. */
const roomIn = (target: Target, { name, ring }: PlacedMode): string =>
  guestRoom(target, ring, name === 'real');

/** How a mode came that no interrupt has brought. */
function changeText(mode: PlacedMode, before: PlacedMode | undefined): string {
  if (!before || before.ring === mode.ring) return modeName(mode);
  const ring = l10n.t('ring {0}', mode.ring);
  return mode.ring < before.ring ? l10n.t('call into {0}', ring) : l10n.t('return to {0}', ring);
}
