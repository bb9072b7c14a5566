import { html, render } from 'lit';
import type { WalkCell, WalkPicture } from '../../../adapter/page-walk/protocol';
import type { FromPage, PageTexts, ToPage } from '../messages';
import { page, type Acts } from './page';
import { neighbour, type Direction } from './neighbours';
import { svgText } from './save';
import { back, cellAt, cellsOf, forward, lastOrder } from './steps';
import { cellHead, cellName, verdictOf } from './words';

/** The script of the page walk's page. It runs in the page, not in VS Code. */

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const host = acquireVsCodeApi();
const texts = JSON.parse(document.body.dataset['texts'] ?? '{}') as PageTexts;
const [main] = document.getElementsByTagName('main');

/** How long each reference is looked at while the walk is played, in milliseconds. */
const EVERY = 450;

let told: ToPage = { type: 'walks', state: 'nothing', walk: undefined, pinned: undefined };
/** How many references are lit; undefined: all of them. */
let at: number | undefined;
let chosen: string | undefined;
let timer: ReturnType<typeof setInterval> | undefined;

const picture = (): WalkPicture | undefined => told.walk?.response.picture;
const last = (): number => {
  const now = picture();
  return now ? lastOrder(now) : 0;
};
const lit = (): number => Math.min(at ?? last(), last());
const isCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

function stop(): void {
  clearInterval(timer);
  timer = undefined;
}

/** So many references are made, and the last of them is told of. */
function goTo(count: number): void {
  const now = picture();
  at = count;
  chosen = now && cellAt(now, count)?.id;
  draw();
  reveal('.chosen');
  // Who goes by keys goes on from there.
  if (document.activeElement?.closest('.walk')) focusOn(chosen);
}

/** The least scrolling that shows an entry of the present picture. */
function reveal(which: string): void {
  const cell = document.querySelector(`.pictures > svg ${which}`);
  cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function step(move: (count: number) => number): void {
  stop();
  goTo(move(lit()));
}

/** Plays from the first reference on; who wants nothing to move sees where it ends. */
function play(): void {
  if (timer !== undefined) {
    stop();
    draw();
    return;
  }
  if (isCalm()) {
    goTo(last());
    return;
  }
  timer = setInterval(() => {
    if (lit() >= last()) stop();
    if (timer === undefined) draw();
    else goTo(lit() + 1);
  }, EVERY);
  goTo(forward(lit(), last()));
}

function focusOn(id: string | undefined): void {
  if (id === undefined) return;
  chosen = id;
  draw();
  document.querySelector<SVGElement>(`.pictures > svg [data-id="${id}"]`)?.focus();
}

const KEYS: Readonly<Record<string, () => void>> = {
  PageDown: () => {
    step((count) => forward(count, last()));
  },
  PageUp: () => {
    step(back);
  },
  Home: () => {
    step(() => Math.min(1, last()));
  },
  End: () => {
    step(last);
  },
  p: play,
};

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

function key(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const cell = (event.target as Element).closest<SVGElement>('[data-id]');
  const id = cell?.dataset['id'];
  const now = picture();
  const direction = ARROWS[event.key];
  if (direction && id !== undefined && now) {
    const next = neighbour(now, id, direction);
    if (next !== undefined) focusOn(next);
  } else if ((event.key === 'Enter' || event.key === ' ') && id !== undefined) {
    focusOn(id);
  } else if (KEYS[event.key]) {
    KEYS[event.key]?.();
  } else return;
  event.preventDefault();
}

const acts: Acts = {
  address: (address) => {
    host.postMessage({ type: 'choose', address });
  },
  play,
  back: () => {
    step(back);
  },
  forward: () => {
    step((count) => forward(count, last()));
  },
  pin: (pin) => {
    host.postMessage({ type: 'pin', pin });
  },
  save: () => {
    const drawing = document.querySelector<SVGSVGElement>('.pictures > svg');
    if (drawing) host.postMessage({ type: 'save', svg: svgText(drawing) });
  },
  choose: (cell: WalkCell) => {
    stop();
    chosen = cell.id;
    draw();
  },
  key,
};

function draw(): void {
  if (!main) return;
  const { walk, state, pinned } = told;
  if (!walk) {
    render(html`<p class="empty">${texts.empty}</p>`, main);
  } else {
    const shown = { state, walk, pinned, texts, lit: lit(), plays: timer !== undefined };
    render(page({ ...shown, chosen: chosenCell() }, acts), main);
  }
  report();
}

function chosenCell(): WalkCell | undefined {
  const now = picture();
  return now && cellsOf(now).find(({ id }) => id === chosen);
}

function report(): void {
  const now = picture();
  const cell = chosenCell();
  host.postMessage({
    type: 'shown',
    shown: {
      address: now?.address ?? '',
      cells: now ? cellsOf(now).map((each) => cellName(each, false, texts)) : [],
      lit: lit(),
      verdict: now ? verdictOf(now, texts) : (told.walk?.response.message ?? texts.empty),
      detail: cell ? cellHead(cell, texts) : '',
      pinned: told.pinned !== undefined,
    },
  });
}

addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  const before = picture()?.address;
  told = data;
  // Another walk is seen whole first; the same one at another stop stays where it was.
  const isOther = picture()?.address !== before;
  if (isOther) {
    stop();
    [at, chosen] = [undefined, undefined];
  }
  draw();
  if (isOther) reveal('.stops');
});
draw();
host.postMessage({ type: 'ready' });
