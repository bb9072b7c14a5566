import { scaleLinear } from 'd3-scale';
import { nothing, svg, type SVGTemplateResult, html, type TemplateResult } from 'lit';
import type { HistoryResponse } from '../../../adapter/past/protocol';
import { patterns } from '../../comparison/webview/patterns';
import { filled, number } from '../../webviews/filled';
import type { PageTexts } from '../messages';
import type { Item } from './items';
import { lanesOf, LOOKS, looksOf, type Lane, type Piece } from './lanes';
import { xOf, type Window } from './window';

/** In pixels. */
const NAMES = 90;
const MARKS = 18;
const LANE = 30;
const THICKNESS = 22;
const AXIS = 20;
/** The least width of a piece, and that from which on it has its name in it. */
const THIN = 3;
const NAMED = 48;
const LETTER = 7;

/** What the picture shows. */
export interface Picture {
  readonly history: HistoryResponse;
  readonly window: Window;
  /** Of the whole drawing, in pixels. */
  readonly width: number;
  readonly texts: PageTexts;
  readonly focused: Item | undefined;
  /** What somebody is selecting. */
  readonly selection: Window | undefined;
}

/** Where the lanes begin, in pixels from the left. */
export const LEFT = NAMES;
export const roomOf = (width: number): number => Math.max(100, width - NAMES - 12);

/** A picture of the run, or of a part: a lane for each kind of things. */
export function picture(shown: Picture): TemplateResult {
  const { history, window, width, texts, focused, selection } = shown;
  const room = roomOf(width);
  const lanes = lanesOf(history);
  const bottom = MARKS + lanes.length * LANE;
  const x = (count: number): number => xOf(window, count, room);
  return html`<svg role="img" aria-label=${texts.chart} width=${width} height=${bottom + AXIS}>
    ${patterns('look', LOOKS)}
    <clipPath id="lanes"><rect x="0" y="0" width=${room} height=${bottom + AXIS} /></clipPath>
    ${lanes.map(
      (lane, n) =>
        svg`<text class="name" x=${NAMES - 8} y=${MARKS + n * LANE + LANE / 2}>
          ${laneName(lane, history, texts)}</text>`,
    )}
    <g transform="translate(${NAMES} 0)">
      ${ticksOf(window, room).map(
        (tick) => svg`<line class="grid" x1=${tick.x} x2=${tick.x} y1=${MARKS} y2=${bottom} />
          <text class="tick" x=${tick.x} y=${bottom + 11}>${number(tick.count)}</text>`,
      )}
      <g clip-path="url(#lanes)">
        ${lanes.map((lane, n) => laneOf(lane, MARKS + n * LANE, shown, x))}
      </g>
      ${marks(shown, x, bottom)} ${bandOf(focused, x, bottom, 'focus')}
      ${bandOf(selection, x, bottom, 'selection')}
    </g>
  </svg>`;
}

function ticksOf({ from, to }: Window, room: number): { x: number; count: number }[] {
  const axis = scaleLinear([from, Math.max(from + 1, to)], [0, room]);
  return axis
    .ticks(Math.max(2, Math.floor(room / 110)))
    .filter(Number.isInteger)
    .map((count) => ({ count, x: axis(count) }));
}

function laneName({ kind, guest }: Lane, { guests }: HistoryResponse, texts: PageTexts): string {
  const name = guests[guest];
  return name === undefined ? texts.lanes[kind] : `${name}: ${texts.lanes[kind]}`;
}

function laneOf(
  { kind, pieces }: Lane,
  top: number,
  { history, texts, window }: Picture,
  x: (count: number) => number,
): SVGTemplateResult[] {
  const looks = looksOf(history);
  const seen = pieces.filter(({ from, to }) => to >= window.from && from <= window.to);
  return seen.map((piece) => {
    const left = x(piece.from);
    const width = Math.max(THIN, x(piece.to) - left);
    const height = THICKNESS * (0.25 + 0.75 * piece.height);
    const bottom = top + (LANE + THICKNESS) / 2;
    let above = 0;
    return svg`<g class="piece">
      <title>${titleOf(piece, history, texts)}</title>
      ${piece.parts.map(([series, share]) => {
        const y = bottom - above - share * height;
        above += share * height;
        const look = looks.get(series);
        return svg`<rect class=${classOf(kind, series, history)} x=${left} y=${y} width=${width}
          height=${share * height} fill=${look === undefined ? nothing : `url(#look-${String(look)})`} />`;
      })}
      ${labelOf(kind, piece, history, left, width, bottom - THICKNESS / 2)}
    </g>`;
  });
}

function classOf(kind: Lane['kind'], index: number, { series }: HistoryResponse): string {
  const { ring = 0, isException } = series[index] ?? {};
  if (kind === 'mode') return `part ring-${String(ring)}`;
  if (kind === 'event') return isException ? 'part exception' : 'part interrupt';
  return `part ${kind}`;
}

/** The name in the piece, where there is room for it. Exits have patterns, on which nobody can read. */
function labelOf(
  kind: Lane['kind'],
  { text, parts }: Piece,
  { series }: HistoryResponse,
  left: number,
  width: number,
  y: number,
): SVGTemplateResult | typeof nothing {
  const [only] = parts;
  const from = Math.max(left, 0) + 4;
  const room = left + width - from;
  if (kind === 'exit' || room < NAMED || parts.length !== 1 || !only) return nothing;
  const name = text ?? series[only[0]]?.name ?? '';
  const letters = Math.floor((room - 4) / LETTER);
  const fits = name.length <= letters ? name : `${name.slice(0, Math.max(0, letters - 1))}…`;
  return svg`<text class="label" x=${from} y=${y}>${fits}</text>`;
}

function titleOf(
  { from, to, parts, text }: Piece,
  history: HistoryResponse,
  texts: PageTexts,
): string {
  if (text !== undefined) return filled(texts.after, text, from);
  const names = parts.map(([series]) => history.series[series]?.name ?? '');
  return filled(texts.stretch, from, to, names.join(texts.separator));
}

/** Bookmarks, checkpoints, and where one is. */
function marks(
  { history, window, texts }: Picture,
  x: (count: number) => number,
  bottom: number,
): SVGTemplateResult[] {
  const isSeen = (count: number): boolean => count >= window.from && count <= window.to;
  const { checkpoints, bookmarks, instructions } = history;
  const middle = MARKS / 2;
  return [
    ...checkpoints.filter(isSeen).map(
      (count) => svg`<circle class="checkpoint" cx=${x(count)} cy=${middle} r="3">
        <title>${filled(texts.after, texts.checkpoint, count)}</title></circle>`,
    ),
    ...bookmarks
      .filter((each) => isSeen(each.instructions))
      .map(
        ({ instructions: count, name }) => svg`<path class="bookmark"
          d="M${x(count) - 5} 2h10v13l-5 -4l-5 4z">
          <title>${filled(texts.after, filled(texts.bookmark, name), count)}</title></path>`,
      ),
    ...(isSeen(instructions)
      ? [
          svg`<g class="here"><title>${filled(texts.after, texts.here, instructions)}</title>
            <line x1=${x(instructions)} x2=${x(instructions)} y1="4" y2=${bottom} />
            <path d="M${x(instructions) - 6} 2h12l-6 9z" /></g>`,
        ]
      : []),
  ];
}

const bandOf = (
  band: Window | undefined,
  x: (count: number) => number,
  bottom: number,
  name: string,
): SVGTemplateResult | typeof nothing =>
  band
    ? svg`<rect class=${name} x=${x(band.from) - 2} y=${MARKS} width=${Math.max(THIN, x(band.to) - x(band.from)) + 4}
        height=${bottom - MARKS} />`
    : nothing;
