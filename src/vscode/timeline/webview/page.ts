import { html, nothing, type TemplateResult } from 'lit';
import { swatch } from '../../comparison/webview/patterns';
import { filled, number } from '../../webviews/filled';
import type { PageTexts, Run } from '../messages';
import { summaryOf, type Item } from './items';
import { LOOKS, looksOf } from './lanes';
import { picture, type Picture } from './picture';

/** What the page shows now. */
export interface Page extends Picture {
  readonly run: Run;
  readonly items: readonly Item[];
}

/** What a person does on it. */
export interface Acts {
  zoom(factor: number): void;
  whole(): void;
  go(item: Item): void;
  focus(item: Item): void;
  key(event: KeyboardEvent): void;
  wheel(event: WheelEvent): void;
  press(event: PointerEvent): void;
}

export function page(shown: Page, acts: Acts): TemplateResult {
  const { texts, run, items } = shown;
  return html`
    <h1 class="for-readers">${texts.title}</h1>
    <div class="toolbar" role="toolbar" aria-label=${texts.toolbar}>
      ${button(texts.whole, () => {
        acts.whole();
      })}
      ${button(texts.zoomIn, () => {
        acts.zoom(0.5);
      })}
      ${button(texts.zoomOut, () => {
        acts.zoom(2);
      })}
      <span class="summary">${summaryOf(run.history, texts)}</span>
    </div>
    <div class="columns">
      <div
        class="picture"
        @wheel=${(event: WheelEvent) => {
          acts.wheel(event);
        }}
        @pointerdown=${(event: PointerEvent) => {
          acts.press(event);
        }}
      >
        ${picture(shown)} ${legend(shown)}
        <p class="note" role="status">${noteOf(run, texts)}</p>
      </div>
      ${list(items, shown, acts)}
    </div>
  `;
}

const button = (text: string, act: () => void): TemplateResult =>
  html`<button type="button" @click=${act}>${text}</button>`;

/** What cannot be seen in the picture: whether it is still so, and whether one can go there. */
export function noteOf({ state, history }: Run, texts: PageTexts): string {
  const said = {
    stands: texts.help,
    runs: texts.runs,
    ended: texts.ended,
  }[state];
  const { noWayBack } = history;
  if (state === 'ended' || noWayBack === undefined) return said;
  return `${filled(texts.noWay, noWayBack)} ${said}`;
}

function legend({ history, texts }: Page): TemplateResult {
  const names = new Map<number, string>();
  for (const [index, look] of looksOf(history)) {
    const name = history.series[index]?.name ?? '';
    names.set(look, look === LOOKS - 1 ? texts.others : name);
  }
  return html`<ul class="legend" aria-hidden="true">
    ${[...names]
      .sort(([a], [b]) => a - b)
      .map(([look, name]) => html`<li>${swatch(`look-${String(look)}`)} ${name}</li>`)}
  </ul>`;
}

function list(items: readonly Item[], { texts, focused }: Page, acts: Acts): TemplateResult {
  const active = focused ? items.indexOf(focused) : -1;
  return html`<ul
    class="list"
    role="listbox"
    tabindex="0"
    aria-label=${texts.list}
    aria-activedescendant=${active < 0 ? nothing : `item-${String(active)}`}
    @keydown=${(event: KeyboardEvent) => {
      acts.key(event);
    }}
  >
    ${items.length === 0 ? html`<li class="nothing" role="option" aria-disabled="true" aria-selected="false">${texts.nothing}</li>` : nothing}
    ${items.map(
      (item, n) =>
        html`<li
          id="item-${n}"
          role="option"
          aria-selected=${n === active}
          class=${n === active ? 'active' : ''}
          @click=${() => {
            acts.focus(item);
          }}
          @dblclick=${() => {
            acts.go(item);
          }}
        >
          <span class="count">${number(item.from)}</span><span>${item.name}</span>
        </li>`,
    )}
  </ul>`;
}
