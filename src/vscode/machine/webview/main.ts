import { html, render, svg } from 'lit';
import type { Destination, RoomBody } from '../../../adapter/machine-picture/protocol';
import type { FromPage, PageTexts, ToPage } from '../messages';
import { arrowBetween, type Box, type Point } from './arrows';
import { movesOf, wayBetween } from './moves';
import { arrowsOf, page, type Acts, type DrawnMove } from './page';
import { ownerName, roomName } from './words';

/** The script of the machine's page. It runs in the page, not in VS Code. */

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const host = acquireVsCodeApi();
const texts = JSON.parse(document.body.dataset['texts'] ?? '{}') as PageTexts;
const [main] = document.getElementsByTagName('main');

/** How long the marker takes from one room to the next, in milliseconds. */
const EVERY = 350;
/** Where it stands in a room: from its right upper corner, in pixels. */
const CORNER = { x: 26, y: 7 };

let told: ToPage = { type: 'machine', state: 'nothing', picture: undefined };
const isCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

const acts: Acts = {
  room({ location, opens, id }: RoomBody) {
    if (location) host.postMessage({ type: 'reveal', location });
    else open(opens ?? (id.startsWith('host/') ? 'exits' : 'registers'));
  },
  owner: ({ opens }) => {
    open(opens);
  },
};

function open(destination: Destination): void {
  host.postMessage({ type: 'open', destination });
}

/** @returns undefined where the room is not in the picture */
function boxOf(room: string): Box | undefined {
  const element = document.querySelector(`[data-room="${room}"]`);
  const picture = document.querySelector('.worlds');
  if (!element || !picture) return undefined;
  const { left, top, width, height } = element.getBoundingClientRect();
  const origin = picture.getBoundingClientRect();
  return { x: left - origin.left, y: top - origin.top, width, height };
}

function draw(): void {
  if (!main) return;
  const { picture, state } = told;
  if (!picture) {
    render(html`<p class="empty">${texts.empty}</p>`, main);
    report([]);
    return;
  }
  const moves = movesOf(picture);
  render(page({ state, picture, texts, moves }, acts), main);
  report(drawArrows());
  // What came last is to be seen.
  const path = document.querySelector('.path');
  path?.scrollTo({ left: path.scrollWidth });
}

/** Over the rooms, as soon as it is known where they are. */
function drawArrows(): readonly DrawnMove[] {
  const { picture } = told;
  const canvas = document.querySelector<SVGSVGElement>('.arrows');
  if (!picture || !canvas) return [];
  const drawn = movesOf(picture).flatMap((move): DrawnMove[] => {
    const [from, to] = [boxOf(move.from), boxOf(move.to)];
    return from && to ? [{ ...move, arrow: arrowBetween(from, to) }] : [];
  });
  render(svg`${arrowsOf(drawn)}`, canvas);
  return drawn;
}

function pointOf(room: string): Point | undefined {
  const box = boxOf(room);
  return box && { x: box.x + box.width - CORNER.x, y: box.y + CORNER.y };
}

/** The marker goes the way that execution went, or is there at once. */
function mark(way: readonly string[]): void {
  const marker = document.querySelector<HTMLElement>('.marker');
  if (!marker) return;
  const points = way.flatMap((room) => pointOf(room) ?? []);
  const last = points.at(-1);
  marker.hidden = !last;
  if (!last) return;
  marker.style.transform = moved(last);
  for (const animation of marker.getAnimations()) animation.cancel();
  if (points.length < 2 || isCalm()) return;
  const steps = points.map((point) => ({ transform: moved(point) }));
  marker.animate(steps, { duration: EVERY * (points.length - 1), easing: 'ease-in-out' });
}

const moved = ({ x, y }: Point): string => `translate(${String(x)}px, ${String(y)}px)`;

function report(arrows: readonly DrawnMove[]): void {
  const { picture, state } = told;
  const rooms = picture?.worlds.flatMap((world) => world.rooms) ?? [];
  host.postMessage({
    type: 'shown',
    shown: {
      sentence: picture?.sentence ?? texts.empty,
      rooms: rooms.map((room) => roomName(room, room.id === picture?.here, texts)),
      owners: picture?.owners.map(ownerName) ?? [],
      arrows: arrows.map(({ from, to }) => `${from} → ${to}`),
      hint: { nothing: '', stands: '', runs: texts.runs, ended: texts.ended }[state],
    },
  });
}

addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  const before = told.picture;
  told = data;
  draw();
  if (data.picture) mark(wayBetween(before, data.picture));
});
addEventListener('resize', () => {
  drawArrows();
  if (told.picture?.here !== undefined) mark([told.picture.here]);
});
draw();
host.postMessage({ type: 'ready' });
