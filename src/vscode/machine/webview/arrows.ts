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
  /** On the line, nearer to its beginning: what leads back has another one. */
  readonly badge: Point;
}

/** Ways there and back lie beside each other: those to the right and down first. */
const FORTH = 0.35;
const BACK = 0.68;
const TIP = 6;
/** How far along a line its badge is. */
const BADGE = 0.3;

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
  const [first, second] = [
    { x: bend, y: start.y },
    { x: bend, y: end.y },
  ];
  const line = `M ${at(start)} C ${at(first)} ${at(second)} ${at(end)}`;
  const badge = onCurve([start, first, second, end], BADGE);
  return { from: start, to: end, line, angle: way > 0 ? 0 : 180, badge };
}

function along(from: Box, to: Box, way: 1 | -1, share: number): Arrow {
  const x = Math.max(from.x, to.x) + Math.min(from.width, to.width) * share;
  const start = { x, y: way > 0 ? from.y + from.height : from.y };
  const end = { x, y: (way > 0 ? to.y : to.y + to.height) - way * TIP };
  const line = `M ${at(start)} L ${at(end)}`;
  const badge = { x, y: (start.y + end.y) / 2 };
  return { from: start, to: end, line, angle: way > 0 ? 90 : 270, badge };
}

const at = ({ x, y }: Point): string => `${String(Math.round(x))} ${String(Math.round(y))}`;

/** A point of a Bézier curve. */
function onCurve([a, b, c, d]: readonly [Point, Point, Point, Point], share: number): Point {
  const [rest, t] = [1 - share, share];
  const of = (axis: 'x' | 'y'): number =>
    rest ** 3 * a[axis] +
    3 * rest ** 2 * t * b[axis] +
    3 * rest * t ** 2 * c[axis] +
    t ** 3 * d[axis];
  return { x: of('x'), y: of('y') };
}
