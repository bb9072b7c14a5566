import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type {
  MachineResponse,
  Owner,
  RoomBody,
  Visit,
  WorldBody,
  WorldKind,
} from '../../../adapter/machine-picture/protocol';
import { filled } from '../../webviews/filled';
import type { PageTexts, ToPage } from '../messages';
import type { Arrow } from './arrows';
import type { Move } from './moves';
import { SIGNS } from './words';

/** What the page shows now. */
export interface Page {
  readonly state: ToPage['state'];
  readonly picture: MachineResponse;
  readonly texts: PageTexts;
  readonly moves: readonly Move[];
}

/** What a person does on it. */
export interface Acts {
  room(room: RoomBody): void;
  owner(owner: Owner): void;
}

export function page(shown: Page, acts: Acts): TemplateResult {
  const { texts, picture, state } = shown;
  const hint = { nothing: '', stands: '', runs: texts.runs, ended: texts.ended }[state];
  return html`
    <h1 class="for-readers">${texts.title}</h1>
    ${hint === '' ? nothing : html`<p class="hint">${hint}</p>`}
    <div class=${state === 'stands' ? '' : 'stale'}>
      <p class="sentence" role="status">${picture.sentence}</p>
      <div class="worlds">
        ${picture.worlds.map((world) => worldOf(world, shown, acts))}
        <svg class="arrows" aria-hidden="true"></svg>
        <div class="marker" aria-hidden="true"></div>
      </div>
      ${path(shown)} ${owners(shown, acts)}
      <p class="gist">${picture.gist}</p>
    </div>
  `;
}

const sign = (kind: WorldKind): TemplateResult =>
  html`<span class="sign" aria-hidden="true">${SIGNS[kind]}</span>`;

function worldOf(world: WorldBody, shown: Page, acts: Acts): TemplateResult {
  const { id, kind, name, operation, rooms } = world;
  return html`<section class="world ${kind}" aria-labelledby="world-${id}">
    <h2 id="world-${id}">
      ${sign(kind)}${name}${operation === '' ? nothing : html` <span class="operation">${operation}</span>`}
    </h2>
    ${rooms.map((room) => roomOf(room, shown, acts))}
  </section>`;
}

function roomOf(room: RoomBody, { picture, texts }: Page, acts: Acts): TemplateResult {
  const { id, kind, name, note, place, line, instruction, facts } = room;
  const isHere = id === picture.here;
  const where = [place, line, instruction].filter((text) => text !== '');
  const looks = ['room', kind, isHere ? 'here' : '', where.length > 0 ? 'peopled' : ''];
  return html`<button
    type="button"
    class=${looks.filter(Boolean).join(' ')}
    data-room=${id}
    aria-current=${isHere ? 'location' : nothing}
    @click=${() => {
      acts.room(room);
    }}
  >
    <span class="head">
      ${part('name', name)} ${part('note', note)} ${part('mark', isHere ? texts.here : '')}
    </span>
    <span class="where">
      ${where.map((text, n) => html` ${part(n === 1 ? 'line' : '', text)}`)}
    </span>
    <span class="facts">${facts.map((fact) => html` ${part('', fact)}`)}</span>
  </button>`;
}

const part = (look: string, text: string): TemplateResult | typeof nothing =>
  text === '' ? nothing : html`<span class=${look}>${text}</span>`;

function owners({ picture, texts }: Page, acts: Acts): TemplateResult {
  return html`<div class="row">
    <h2 id="owners">${texts.owners}</h2>
    <ul aria-labelledby="owners">
      ${picture.owners.map((owner) => html`<li>${ownerOf(owner, acts)}</li>`)}
    </ul>
  </div>`;
}

const ownerOf = (owner: Owner, acts: Acts): TemplateResult =>
  html`<button
    type="button"
    class="owner ${owner.kind}"
    title=${owner.note}
    @click=${() => {
      acts.owner(owner);
    }}
  >
    <b>${owner.name}</b> ${part('value', owner.value)} ${sign(owner.kind)} ${owner.owner}
  </button>`;

function path({ picture, texts, moves }: Page): TemplateResult {
  const { next, worlds } = picture;
  const drawn = new Set(moves.map(({ number }) => number));
  const kind = worlds.find(({ rooms }) => rooms.some(({ id }) => id === next?.room))?.kind;
  return html`<div class="row">
    <h2 id="path">${texts.path}</h2>
    <ol class="path" tabindex="0" aria-labelledby="path">
      ${picture.path.map((visit, n) => html`<li>${visitOf(visit, drawn.has(n) ? n : undefined)}</li>`)}
      ${next && kind ? html`<li class="next"><span class="by">→ ${filled(texts.next, next.by)}</span></li>` : nothing}
    </ol>
  </div>`;
}

const visitOf = ({ name, kind, by }: Visit, number: number | undefined): TemplateResult =>
  html`${by === '' ? nothing : html`<span class="by">${number === undefined ? '' : html`<span class="number">${number}</span>`}${by} →</span>`}
    <span class="stay ${kind}">${sign(kind)}${name}</span>`;

/** A move as it is drawn over the rooms. */
export interface DrawnMove extends Move {
  readonly arrow: Arrow;
}

export const arrowsOf = (moves: readonly DrawnMove[]): SVGTemplateResult[] =>
  moves.map(
    ({ arrow, look, number }) => svg`<g class=${look}>
      <path class="arrow" d=${arrow.line} />
      <path class="tip" d="M 6 0 L -5 -6 V 6 Z" transform="translate(${arrow.to.x} ${arrow.to.y}) rotate(${arrow.angle})" />
      ${number === undefined ? nothing : badge(arrow, number)}
    </g>`,
  );

const badge = ({ badge: { x, y } }: Arrow, number: number): SVGTemplateResult =>
  svg`<circle class="badge" cx=${x} cy=${y} r="8" /><text x=${x} y=${y}>${number}</text>`;
