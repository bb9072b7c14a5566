/** Where something is drawn, in pixels of the picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Arrow {
  readonly from: Point;
  readonly to: Point;
  /** The line, as SVG has it. */
  readonly line: string;
  /** The tip, in degrees from the right, clockwise. */
  readonly angle: number;
  /** Amid the line. */
  readonly middle: Point;
}

/** Ways there and back lie beside each other: those to the right and down first. */
const FORTH = 0.35;
const BACK = 0.68;
const TIP = 6;

/** From the edge of one box to the edge of another that is beside it, below it or above it. */
export function arrowBetween(from: Box, to: Box): Arrow {
  if (to.x >= from.x + from.width) return across(from, to, 1, FORTH);
  if (to.x + to.width <= from.x) return across(from, to, -1, BACK);
  return to.y >= from.y ? along(from, to, 1, FORTH) : along(from, to, -1, BACK);
}

function across(from: Box, to: Box, way: 1 | -1, share: number): Arrow {
  const start = { x: way > 0 ? from.x + from.width : from.x, y: from.y + from.height * share };
  const end = { x: (way > 0 ? to.x : to.x + to.width) - way * TIP, y: to.y + to.height * share };
  const bend = (start.x + end.x) / 2;
  const line = `M ${at(start)} C ${at({ x: bend, y: start.y })} ${at({ x: bend, y: end.y })} ${at(end)}`;
  return { from: start, to: end, line, angle: way > 0 ? 0 : 180, middle: middleOf(start, end) };
}

function along(from: Box, to: Box, way: 1 | -1, share: number): Arrow {
  const x = Math.max(from.x, to.x) + Math.min(from.width, to.width) * share;
  const start = { x, y: way > 0 ? from.y + from.height : from.y };
  const end = { x, y: (way > 0 ? to.y : to.y + to.height) - way * TIP };
  const line = `M ${at(start)} L ${at(end)}`;
  return { from: start, to: end, line, angle: way > 0 ? 90 : 270, middle: middleOf(start, end) };
}

const at = ({ x, y }: Point): string => `${String(Math.round(x))} ${String(Math.round(y))}`;

const middleOf = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
