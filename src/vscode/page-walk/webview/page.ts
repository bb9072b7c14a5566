import { html, nothing, type TemplateResult } from 'lit';
import type { BitText, WalkCell, WalkPicture } from '../../../adapter/page-walk/protocol';
import { filled } from '../../webviews/filled';
import type { PageTexts, ToPage, Walk } from '../messages';
import { differences } from './differences';
import { pictureOf, type Drawn } from './picture';
import { cellHead, verdictOf } from './words';

/** What the page shows now. */
export interface Page {
  readonly state: ToPage['state'];
  readonly walk: Walk;
  readonly pinned: Walk | undefined;
  readonly texts: PageTexts;
  readonly lit: number;
  readonly plays: boolean;
  /** In the present picture, or in the pinned one. */
  readonly chosen: WalkCell | undefined;
}

/** What a person does on it. */
export interface Acts {
  address(expression: string): void;
  play(): void;
  back(): void;
  forward(): void;
  pin(pin: boolean): void;
  save(): void;
  choose(cell: WalkCell): void;
  key(event: KeyboardEvent): void;
}

export function page(shown: Page, acts: Acts): TemplateResult {
  const { walk, texts, state } = shown;
  const { picture, message } = walk.response;
  return html`
    <h1 class="for-readers">${texts.title}</h1>
    ${toolbar(shown, acts)}
    <div class="pictures ${state === 'stands' ? '' : 'stale'}">
      ${picture ? pictures(shown, picture, acts) : html`<p class="empty">${message}</p>`}
    </div>
    ${footer(shown)}
  `;
}

function toolbar(shown: Page, acts: Acts): TemplateResult {
  const { texts, walk, plays, pinned } = shown;
  const { picture } = walk.response;
  return html`<div class="toolbar" role="toolbar" aria-label=${texts.toolbar}>
    ${operands(walk, texts, acts)}
    <input
      type="text"
      spellcheck="false"
      aria-label=${texts.operand}
      placeholder=${texts.expression}
      .value=${walk.address}
      @change=${({ target }: Event) => {
        acts.address((target as HTMLInputElement).value);
      }}
    />
    ${button(plays ? texts.pause : texts.play, texts.playHelp, () => {
      acts.play();
    })}
    ${sign('‹', texts.back, () => {
      acts.back();
    })}
    ${sign('›', texts.forward, () => {
      acts.forward();
    })}
    ${button(pinned ? texts.unpin : texts.pin, texts.pinHelp, () => {
      acts.pin(!pinned);
    })}
    ${button(texts.save, texts.saveHelp, () => {
      acts.save();
    })}
    ${picture ? html`<span class="what"><b>${picture.address}</b> <span>${picture.access}</span></span>` : nothing}
  </div>`;
}

const button = (text: string, title: string, act: () => void): TemplateResult =>
  html`<button type="button" title=${title} @click=${act}>${text}</button>`;

const sign = (text: string, name: string, act: () => void): TemplateResult =>
  html`<button type="button" title=${name} aria-label=${name} @click=${act}>${text}</button>`;

/** What the view *Address Translation* suggests; and what was typed, so that it is told. */
function operands({ address, response }: Walk, texts: PageTexts, acts: Acts): TemplateResult {
  const { suggestions } = response;
  const isSuggested =
    address === '' || suggestions.some(({ expression }) => expression === address);
  const options = [
    { expression: '', text: texts.present },
    ...(isSuggested ? [] : [{ expression: address, text: address }]),
    ...suggestions.map(({ expression, label, description }) => ({
      expression,
      text: filled(texts.labelled, label, description),
    })),
  ];
  return html`<select
    aria-label=${texts.operand}
    @change=${({ target }: Event) => {
      acts.address((target as HTMLSelectElement).value);
    }}
  >
    ${options.map(
      ({ expression, text }) =>
        html`<option value=${expression} .selected=${expression === address}>${text}</option>`,
    )}
  </select>`;
}

function pictures(shown: Page, picture: WalkPicture, acts: Acts): TemplateResult {
  const { pinned, texts, lit, chosen } = shown;
  const before = pinned?.response.picture;
  const differing = before ? differences(before, picture) : new Set<string>();
  const drawn = (of: WalkPicture, label: string): Drawn => ({
    ...{ picture: of, texts, lit, differing, chosen: chosen?.id },
    label: filled(label, of.address),
    choose: acts.choose,
    key: acts.key,
  });
  if (!before) return pictureOf(drawn(picture, texts.chart));
  const label = filled(texts.pinnedChart, before.address);
  return html`${pictureOf(drawn(picture, texts.chart))}
    <h2>${label}</h2>
    <div class="pinned">${pictureOf({ ...drawn(before, texts.pinnedChart), lit: Infinity })}</div>`;
}

function footer({ walk, texts, state, chosen }: Page): TemplateResult {
  const { picture } = walk.response;
  if (!picture) return html``;
  const hint = { nothing: '', stands: '', runs: texts.runs, ended: texts.ended }[state];
  const { stop } = picture;
  return html`<footer>
    <p class="verdict ${stop ? 'stopped' : ''}" role="status">
      <span class="mark" aria-hidden="true">${stop ? '✗' : '✓'}</span> ${verdictOf(picture, texts)}
      ${hint}
    </p>
    <p class="detail" aria-live="polite">${chosen ? detail(chosen, texts) : texts.help}</p>
  </footer>`;
}

const detail = (cell: WalkCell, texts: PageTexts): TemplateResult =>
  html`<span class="head">${cellHead(cell, texts)}</span>${cell.bits.map(bitOf)}`;

const bitOf = ({ name, value, gloss }: BitText): TemplateResult =>
  html` <span class="bit ${value === '0' ? '' : 'on'}" title=${gloss}>${name} ${value}</span>`;
