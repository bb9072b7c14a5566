import { html, nothing, svg, type TemplateResult } from 'lit';
import type { ComparedCosts, ComparedWay } from '../../../adapter/comparison/protocol';
import type { Scale } from '../messages';
import { drawingOf, type Bar } from './bars';
import { patterns } from './patterns';

/** In pixels. */
const ROW = 34;
const THICKNESS = 20;
const AXIS = 24;
const NAMES = 170;
const NUMBERS = 80;

/** What the chart of modelled cycles shows. */
export interface Chart {
  readonly costs: ComparedCosts;
  readonly ways: readonly ComparedWay[];
  readonly scale: Scale;
  /** Of the whole drawing, in pixels. */
  readonly width: number;
  /** For those who do not see it: what it is, and that the table has its numbers. */
  readonly label: string;
}

/** A bar for each way, of parts in colours and patterns. */
export function chart({ costs, ways, scale, width, label }: Chart): TemplateResult {
  const room = Math.max(120, width - NAMES - NUMBERS);
  const { bars, ticks } = drawingOf(costs, scale, room);
  const height = ways.length * ROW + AXIS;
  return html`<svg role="img" aria-label=${label} width=${width} height=${height}>
    ${patterns('spent', costs.spendings.length)}
    <g transform="translate(${NAMES} 0)">
      ${ticks.map(
        (tick) =>
          svg`<line class="grid" x1=${tick.x} x2=${tick.x} y1="0" y2=${height - AXIS} />
            <text class="tick" x=${tick.x} y=${height - 6}>${tick.label}</text>`,
      )}
      ${bars.map((bar, n) => row(bar, n, ways[n], costs))}
    </g>
  </svg>`;
}

function row(
  { width, segments }: Bar,
  n: number,
  way: ComparedWay | undefined,
  { spendings, ways }: ComparedCosts,
): TemplateResult {
  const top = n * ROW + (ROW - THICKNESS) / 2;
  const middle = top + THICKNESS / 2;
  const { relative } = ways[n] ?? {};
  return svg`<g class="bar">
    <text class="name" x="-8" y=${middle}>${way?.name}</text>
    ${segments.map(
      (segment) => svg`<rect class="part" x=${segment.x} y=${top}
        width=${segment.width} height=${THICKNESS} fill="url(#spent-${segment.spending})">
        <title>${spendings[segment.spending]?.label}: ${percent(segment.share)}</title>
      </rect>`,
    )}
    ${relative === undefined ? nothing : svg`<text class="number" x=${width + 6} y=${middle}>${times(relative)}</text>`}
  </g>`;
}

export const times = (relative: number): string =>
  `×${relative < 100 ? relative.toPrecision(3) : Math.round(relative).toLocaleString('en')}`;

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
