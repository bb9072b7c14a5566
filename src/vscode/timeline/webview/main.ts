import { html, render } from 'lit';
import type { HistoryResponse } from '../../../adapter/past/protocol';
import type { FromPage, PageTexts, Run, ToPage } from '../messages';
import { itemsOf, summaryOf, type Item } from './items';
import { noteOf, page } from './page';
import { LEFT, roomOf } from './picture';
import { countAt, fitted, showing, zoomed, type Window } from './window';

/** The script of the timeline's page. It runs in the page, not in VS Code. */

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const host = acquireVsCodeApi();
const texts = JSON.parse(document.body.dataset['texts'] ?? '{}') as PageTexts;
const [main] = document.getElementsByTagName('main');

/** From here on a press is a selection, in pixels. */
const DRAGGED = 5;
/** How wide the list beside the picture is. */
const LIST = 340;
const ZOOM = 0.8;

let run: Run | undefined;
/** More of the part that is shown than the whole run tells. */
let part: HistoryResponse | undefined;
let shown: Window | undefined;
let items: readonly Item[] = [];
let focused: Item | undefined;
let selection: Window | undefined;

const last = (): number => run?.history.present ?? 0;
const windowNow = (): Window => shown ?? { from: 0, to: last() };
const pictureWidth = (): number => Math.max(240, (main?.clientWidth ?? 0) - LIST);
/** What the picture is made of: the part, where it is the one that is shown. */
const history = (): HistoryResponse | undefined => {
  const { from, to } = windowNow();
  return part && part.from === from && part.to === to ? part : run?.history;
};

function show(window: Window | undefined): void {
  const isWhole = window === undefined || (window.from <= 0 && window.to >= last());
  shown = isWhole ? undefined : window;
  if (shown) host.postMessage({ type: 'look', from: shown.from, to: shown.to });
  draw();
}

function zoom(factor: number, centre: number): void {
  show(zoomed(windowNow(), factor, centre, last()));
}

function middle(): number {
  const { from, to } = windowNow();
  return focused && focused.from >= from && focused.from <= to ? focused.from : (from + to) / 2;
}

function focus(item: Item | undefined): void {
  focused = item;
  const window = windowNow();
  const seen = item ? showing(window, item.from, last()) : window;
  if (seen !== window) show(seen);
  else draw();
  document.querySelector('.active')?.scrollIntoView({ block: 'nearest' });
}

function go(item: Item): void {
  host.postMessage({ type: 'goTo', goal: item.goal });
}

/** The next thing from what has the focus, or from where one is. */
function move(by: number): void {
  const at = focused ? items.indexOf(focused) : -1;
  if (at >= 0) {
    focus(items[Math.max(0, Math.min(items.length - 1, at + by))]);
    return;
  }
  const here = run?.history.instructions ?? 0;
  focus(
    by > 0
      ? (items.find(({ from }) => from >= here) ?? items.at(-1))
      : (items.findLast(({ from }) => from <= here) ?? items[0]),
  );
}

const KEYS: Readonly<Record<string, () => void>> = {
  ArrowLeft: () => {
    move(-1);
  },
  ArrowUp: () => {
    move(-1);
  },
  ArrowRight: () => {
    move(1);
  },
  ArrowDown: () => {
    move(1);
  },
  PageUp: () => {
    move(-10);
  },
  PageDown: () => {
    move(10);
  },
  Home: () => {
    show(undefined);
  },
  Enter: () => {
    if (focused) go(focused);
  },
  '+': () => {
    zoom(0.5, middle());
  },
  '=': () => {
    zoom(0.5, middle());
  },
  '-': () => {
    zoom(2, middle());
  },
};

function key(event: KeyboardEvent): void {
  const act = KEYS[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
}

/** Counts of instructions under the pointer. */
function pointed(event: MouseEvent): number {
  const left = document.querySelector('.picture svg')?.getBoundingClientRect().left ?? 0;
  return countAt(windowNow(), event.clientX - left - LEFT, roomOf(pictureWidth()));
}

function wheel(event: WheelEvent): void {
  event.preventDefault();
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    const { from, to } = windowNow();
    const by = ((to - from) / 10) * Math.sign(event.deltaX || event.deltaY);
    show(fitted({ from: from + by, to: to + by }, last()));
  } else {
    zoom(event.deltaY < 0 ? ZOOM : 1 / ZOOM, pointed(event));
  }
}

/** A press that stays goes there; one that moves selects what to see. */
function press(begin: PointerEvent): void {
  if (begin.button !== 0 || !(begin.target as Element).closest('svg')) return;
  const from = pointed(begin);
  const isDrag = ({ clientX }: PointerEvent): boolean =>
    Math.abs(clientX - begin.clientX) > DRAGGED;
  const move = (event: PointerEvent): void => {
    const to = pointed(event);
    selection = isDrag(event) ? { from: Math.min(from, to), to: Math.max(from, to) } : undefined;
    draw();
  };
  const release = (event: PointerEvent): void => {
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', release);
    const selected = selection;
    selection = undefined;
    if (selected && isDrag(event)) show(fitted(selected, last()));
    else clicked(pointed(event));
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', release);
}

/** What lies there, or the moment itself. */
function clicked(count: number): void {
  const { from, to } = windowNow();
  const near = ((to - from) / roomOf(pictureWidth())) * DRAGGED;
  const distance = (item: Item): number =>
    Math.max(0, item.from - count, item.series === undefined ? 0 : count - item.to);
  const found = items
    .filter((item) => item.series !== undefined && distance(item) <= near)
    .sort((a, b) => Math.abs(a.from - count) - Math.abs(b.from - count))[0];
  if (found) {
    focus(found);
    go(found);
  } else {
    host.postMessage({ type: 'goTo', goal: { to: 'instruction', number: count } });
  }
}

function draw(): void {
  if (!main) return;
  const told = history();
  if (!run || !told) {
    render(html`<p class="empty">${texts.empty}</p>`, main);
    report('');
    return;
  }
  const window = windowNow();
  const all = itemsOf(told, texts);
  const { goal } = focused ?? {};
  items = all.filter(({ from, to }) => to >= window.from && from <= window.to);
  focused = items.find((item) => JSON.stringify(item.goal) === JSON.stringify(goal));
  const picture = { history: told, window, width: pictureWidth(), texts, focused, selection };
  const acts = {
    zoom: (factor: number) => {
      zoom(factor, middle());
    },
    whole: () => {
      show(undefined);
    },
    ...{ go, focus, key, wheel, press },
  };
  render(page({ ...picture, run, items }, acts), main);
  report(summaryOf(run.history, texts));
}

function report(summary: string): void {
  host.postMessage({
    type: 'shown',
    shown: {
      ...windowNow(),
      items: items.map(({ text }) => text),
      focused: focused?.text,
      pieces: document.querySelectorAll('.piece').length,
      summary,
      note: run ? noteOf(run, texts) : texts.empty,
    },
  });
}

addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'part') {
    ({ part } = data);
  } else {
    if (data.run?.id !== run?.id) [shown, focused] = [undefined, undefined];
    ({ run } = data);
    // What was looked at stays in sight, as far as it is still there.
    if (shown) {
      show(fitted(shown, last()));
      return;
    }
  }
  draw();
});
addEventListener('resize', draw);
draw();
host.postMessage({ type: 'ready' });
