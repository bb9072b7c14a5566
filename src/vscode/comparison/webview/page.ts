import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { ComparedCosts, ReportKind } from '../../../adapter/comparison/protocol';
import type { PageTexts, Scale, ToPage } from '../messages';
import { chart } from './chart';
import { groupTable, placeRow, spentTable } from './tables';

/** What the page shows now. */
export interface Page {
  readonly body: ToPage['body'];
  readonly costs: ComparedCosts;
  readonly scale: Scale;
  readonly width: number;
  readonly texts: PageTexts;
}

/** What a person does on it. */
export interface Acts {
  setProfile(profile: string): void;
  setScale(scale: string): void;
  goTo(way: string): void;
  export(kind: ReportKind): void;
}

const KINDS: readonly ReportKind[] = ['markdown', 'csv', 'json'];
const SCALES: readonly Scale[] = ['linear', 'logarithmic'];

export function page(shown: Page, acts: Acts): TemplateResult {
  const { body, costs, scale, width, texts } = shown;
  const { ways } = body;
  return html`
    <h1>${texts.heading.replace('{0}', body.title)}</h1>
    ${toolbar(shown, acts)}
    <figure>
      <figcaption>${texts.chart}<br />${texts.reading[scale]}</figcaption>
      ${chart({ costs, ways, scale, width, label: texts.chart })}
    </figure>
    ${spentTable(costs, ways, texts)}
    ${body.groups.map((group) => {
      const places = group.id === 'equivalence' ? placeRow(ways, texts, acts.goTo) : nothing;
      return groupTable(group, body, costs.profile, places);
    })}
    ${list(
      texts.differences,
      ways.flatMap(({ name, differences }) => differences.map((text) => [name, text] as const)),
    )}
    ${list(
      texts.strays,
      ways.flatMap(({ name, strays }) => strays.map((text) => [name, text] as const)),
    )}
    ${list(
      texts.notRun,
      body.notRun.map(({ way, reason }) => [way, reason] as const),
    )}
    <p class="note">${body.note}</p>
  `;
}

const toolbar = ({ body, costs, scale, texts }: Page, acts: Acts): TemplateResult =>
  html`<div class="toolbar" role="toolbar" aria-label=${texts.toolbar}>
    <label for="processor">${texts.processor}</label>
    ${select(
      'processor',
      texts.processor,
      body.costs.map(({ profile, title }) => [profile, title]),
      costs.profile,
      acts.setProfile,
    )}
    <label for="scale">${texts.scale}</label>
    ${select(
      'scale',
      texts.scale,
      SCALES.map((each) => [each, texts.scales[each]]),
      scale,
      acts.setScale,
    )}
    <span class="gap"></span>
    ${KINDS.map(
      (kind) =>
        html`<vscode-button
          secondary
          @click=${() => {
            acts.export(kind);
          }}
          >${texts.exports[kind]}</vscode-button
        >`,
    )}
  </div>`;

const select = (
  id: string,
  label: string,
  choices: readonly (readonly [value: string, text: string])[],
  chosen: string,
  choose: (value: string) => void,
): TemplateResult =>
  html`<vscode-single-select
    id=${id}
    label=${label}
    @change=${({ target }: Event) => {
      choose((target as HTMLSelectElement).value);
    }}
  >
    ${choices.map(
      ([value, text]) =>
        html`<vscode-option value=${value} ?selected=${value === chosen}>${text}</vscode-option>`,
    )}
  </vscode-single-select>`;

/** Facts of single ways under a heading; nothing where there are none. */
function list(heading: string, facts: readonly (readonly [way: string, text: string])[]): unknown {
  if (facts.length === 0) return nothing;
  return html`<h2>${heading}</h2>
    <dl>
      ${facts.map(
        ([way, text]) =>
          html`<dt>${way}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>`;
}
