import { html, nothing, type TemplateResult } from 'lit';
import type {
  ComparedCosts,
  ComparedGroup,
  ComparedWay,
  ComparisonBody,
} from '../../../adapter/comparison/protocol';
import type { PageTexts } from '../messages';
import { percent, times } from './chart';
import { swatch } from './patterns';

/** A table that can be moved to and fro by keys where the page is narrow. */
const table = (caption: string, ways: readonly ComparedWay[], rows: unknown): TemplateResult =>
  html`<div class="scrolled" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <td></td>
          ${ways.map(({ name, description }) => html`<th scope="col" title=${description}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;

const row = (head: unknown, cells: readonly unknown[]): TemplateResult =>
  html`<tr>
    <th scope="row">${head}</th>
    ${cells.map((cell) => html`<td>${cell}</td>`)}
  </tr>`;

/** All that the chart shows, as numbers. */
export function spentTable(
  costs: ComparedCosts,
  ways: readonly ComparedWay[],
  texts: PageTexts,
): TemplateResult {
  const { spendings, title } = costs;
  const spent = spendings.map(({ label }, n) =>
    row(
      html`${swatch(`spent-${String(n)}`)} ${label}`,
      costs.ways.map((way) => share(way.spent[n] ?? 0, way.cycles)),
    ),
  );
  const total = row(
    texts.total,
    costs.ways.map(({ cycles }) => Math.round(cycles).toLocaleString('en')),
  );
  const relative = row(
    texts.relative,
    costs.ways.map((way) => (way.relative === undefined ? '' : times(way.relative))),
  );
  return table(texts.spent.replace('{0}', title), ways, [...spent, total, relative]);
}

const share = (part: number, all: number): unknown =>
  part === 0
    ? ''
    : html`${Math.round(part).toLocaleString('en')}
        <span class="share">${percent(part / all)}</span>`;

/** A group of the scoreboard; cycles of other processors are left out. */
export function groupTable(
  group: ComparedGroup,
  { ways, costs }: Pick<ComparisonBody, 'ways' | 'costs'>,
  profile: string,
  more: unknown,
): TemplateResult {
  const others = costs.filter((each) => each.profile !== profile);
  const shown = group.rows.filter(
    ({ id }) => !others.some((other) => id.endsWith(`.${other.profile}`)),
  );
  const rows = shown.map(({ label, cells }) => row(label, cells));
  return table(group.label, ways, [...rows, more]);
}

/** Buttons that lead to the lines after which guests are others. */
export function placeRow(
  ways: readonly ComparedWay[],
  texts: PageTexts,
  goTo: (way: string) => void,
): unknown {
  if (!ways.some(({ parting }) => parting)) return nothing;
  return row(
    texts.place,
    ways.map(({ name, parting }) =>
      parting
        ? html`<button
            class="link"
            title=${texts.goTo.replace('{0}', parting.text)}
            @click=${() => {
              goTo(name);
            }}
          >
            ${parting.text}
          </button>`
        : '',
    ),
  );
}
