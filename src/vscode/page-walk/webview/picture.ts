import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { WalkCell, WalkPicture } from '../../../adapter/page-walk/protocol';
import { filled } from '../../webviews/filled';
import type { PageTexts } from '../messages';
import { layoutOf, type Box, type CellBox, type Label, type PartBox } from './layout';
import { isLit } from './steps';
import { cellName } from './words';

/** A picture as it is shown. */
export interface Drawn {
  readonly picture: WalkPicture;
  readonly label: string;
  readonly texts: PageTexts;
  /** How many references are lit. */
  readonly lit: number;
  /** The entry that is told of below. */
  readonly chosen: string | undefined;
  /** Entries that are marked, as they differ from another picture's. */
  readonly differing: ReadonlySet<string>;
  choose(cell: WalkCell): void;
  key(event: KeyboardEvent): void;
}

const PAD = 8;
const ORDER = 24;

/** The walk, drawn. Each entry is a button; one of them is where the Tab key comes to. */
export function pictureOf(drawn: Drawn): TemplateResult {
  const { picture, texts, label } = drawn;
  const names = { entry: texts.guestEntry, shadow: texts.shadowEntry };
  const { width, height, ...at } = layoutOf(picture, names);
  const first = at.cells.find(({ cell }) => cell.id === drawn.chosen) ?? at.cells[0];
  return html`<svg
    class="walk"
    role="group"
    aria-label=${label}
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    @keydown=${(event: KeyboardEvent) => {
      drawn.key(event);
    }}
  >
    ${at.parts.map(partOf)} ${at.rows.map((row) => textAt('word quiet', row))}
    ${at.captions.map((caption) => textAt('number', { ...caption, x: caption.x + 2 }))}
    ${at.downs.map(([x, from, to]) => svg`<line class="down" x1=${x} x2=${x} y1=${from} y2=${to} />`)}
    ${at.leads.map(({ from, to }) => leadOf(from, to))}
    ${at.missing.map((box) => missingOf(box, texts))} ${at.ends.map(endOf)}
    ${at.cells.map((box) => cellOf(box, drawn, box === first))}
  </svg>`;
}

const textAt = (look: string, { x, y, text }: Label): SVGTemplateResult =>
  svg`<text class=${look} x=${x} y=${y}>${text}</text>`;

/** Bits of the address, over the column whose table they index. */
function partOf({ part, x, y, width, height }: PartBox): SVGTemplateResult {
  const { name, high, low, value, level } = part;
  const bottom = y + height - 4;
  return svg`<g>
    <text class="word quiet" x=${x + 2} y=${y + 10}>${name} ${high}:${low}</text>
    <text class="number end-anchored" x=${x + width - 2} y=${y + 18}>${value}</text>
    <path class="bracket level-${level}" d="M ${x} ${bottom} H ${x + width}" />
  </g>`;
}

/** From an entry up to the address that is in it. */
function leadOf(from: Label, to: Label): SVGTemplateResult {
  const middle = from.x + (to.x - from.x) / 2;
  return svg`<path class="lead" d="M ${from.x} ${from.y} H ${middle} V ${to.y} H ${to.x - 4}" />
    <path class="tip" d="M ${to.x} ${to.y} l -6 -3.5 v 7 z" />`;
}

const missingOf = ({ name, x, y, width, height }: Box & { name: string }, texts: PageTexts) =>
  svg`<rect class="missing" x=${x} y=${y} width=${width} height=${height} rx="4" />
    <text class="word quiet" x=${x + PAD} y=${y + height / 2}>${filled(texts.labelled, name, texts.notReached)}</text>`;

const endOf = ({ text, x, y, width, height }: Box & { text: string }): SVGTemplateResult =>
  svg`<g><rect class="box" x=${x} y=${y} width=${width} height=${height} rx="12" />
    <text class="number" x=${x + PAD} y=${y + height / 2}>${text}</text></g>`;

function cellOf(box: CellBox, drawn: Drawn, isFirst: boolean): SVGTemplateResult {
  const { cell, kind, x, y, width, height } = box;
  const differs = drawn.differing.has(cell.id);
  const looks = [
    `cell ${kind}`,
    isLit(cell, drawn.lit) ? '' : 'unlit',
    cell.stops === true ? 'stops' : '',
    cell.id === drawn.chosen ? 'chosen' : '',
  ];
  return svg`<g class=${looks.filter(Boolean).join(' ')} role="button" data-id=${cell.id}
    tabindex=${isFirst ? 0 : -1} aria-label=${cellName(cell, differs, drawn.texts)}
    aria-pressed=${cell.id === drawn.chosen}
    @click=${() => {
      drawn.choose(cell);
    }}
  >
    <rect class="box" x=${x} y=${y} width=${width} height=${height} rx="4" />
    ${kind === 'second' ? oneLine(box) : twoLines(box)}
    ${cell.stops === true ? crossAt(x + width, y) : nothing}
    ${differs ? differenceAt(x, y + height / 2) : nothing}
  </g>`;
}

const orderOf = ({ order }: WalkCell): string => (order === undefined ? '' : String(order));

function oneLine({ cell, x, y, width, height }: CellBox): SVGTemplateResult {
  const middle = y + height / 2;
  return svg`<text class="word quiet order" x=${x + PAD} y=${middle}>${orderOf(cell)}</text>
    <text class="number" x=${x + ORDER + 4} y=${middle}>${cell.value}</text>
    <text class="word quiet end-anchored" x=${x + width - PAD} y=${middle}>${cell.flags}</text>`;
}

function twoLines({ cell, kind, x, y, width, height }: CellBox): SVGTemplateResult {
  const [upper, lower] = [y + height * 0.3, y + height * 0.7];
  const from = cell.order === undefined ? PAD : ORDER + 4;
  return svg`<path class="bracket level-${kind === 'entry' ? cell.level : 'none'}" d="M ${x + 2} ${y + 4} V ${y + height - 4}" />
    <text class="word" x=${x + from} y=${upper}>${cell.name}</text>
    <text class="word quiet order" x=${x + PAD} y=${upper}>${orderOf(cell)}</text>
    <text class="number" x=${x + PAD} y=${lower}>${cell.value}</text>
    <text class="word quiet end-anchored" x=${x + width - PAD} y=${lower}>${cell.flags}</text>`;
}

const differenceAt = (x: number, y: number): SVGTemplateResult =>
  svg`<circle class="marker" cx=${x} cy=${y} r="7" /><text class="differs" x=${x} y=${y}>≠</text>`;

/** Where the walk ends, by its form. */
const crossAt = (x: number, y: number): SVGTemplateResult =>
  svg`<path class="cross" d="M ${x - 5} ${y - 4} l 9 9 m 0 -9 l -9 9" />`;
