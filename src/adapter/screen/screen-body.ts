import type { GraphicsScreen, Screen } from '../../machine/screen/screen';
import { textOf } from '../../machine/screen/text';
import type { TextScreen } from '../../machine/screen/text-screen';
import { fromBase64, toBase64 } from '../memory/base64';
import type { GraphicsScreenBody, ScreenBody, TextScreenBody } from '../protocol';
import { packPixels, unpackPixels } from './packed-pixels';

/** A screen as it travels to clients, and back into a screen: both ends of `ringside/screen`. */

/** @param before what the client has: of a picture of the same size only the lines between are sent that differ */
export function bodyOf(screen: Screen, before?: Screen): ScreenBody {
  return screen.kind === 'text' ? textBody(screen) : graphicsBody(screen, before);
}

function textBody(screen: TextScreen): TextScreenBody {
  return {
    ...screen,
    cells: toBase64(screen.cells),
    font: toBase64(screen.font),
    palette: [...screen.palette],
    lines: textOf(screen),
  };
}

function graphicsBody(screen: GraphicsScreen, before: Screen | undefined): GraphicsScreenBody {
  const { width, height, rgba } = screen;
  const pixels = wordsOf(rgba);
  const [first, end] = changedLines(screen, before);
  const band = pixels.subarray(first * width, end * width);
  return {
    kind: 'graphics',
    width,
    height,
    first,
    count: end - first,
    pixels: toBase64(packPixels(band)),
  };
}

const wordsOf = ({ buffer, byteOffset, byteLength }: Uint8ClampedArray): Uint32Array =>
  new Uint32Array(buffer, byteOffset, byteLength / 4);

/** The first line that differs, and the one behind the last; all of them in a picture of another size. */
function changedLines(screen: GraphicsScreen, before: Screen | undefined): [number, number] {
  const { width, height } = screen;
  if (!before || !hasSize(before, width, height)) return [0, height];
  const [now, then] = [wordsOf(screen.rgba), wordsOf(before.rgba)];
  const from = now.findIndex((pixel, n) => pixel !== then[n]);
  if (from < 0) return [0, 0];
  let last = now.length - 1;
  while (now[last] === then[last]) last--;
  return [Math.floor(from / width), Math.floor(last / width) + 1];
}

const hasSize = (screen: Screen, width: number, height: number): screen is GraphicsScreen =>
  screen.kind === 'graphics' && screen.width === width && screen.height === height;

/** @param before the screen before this one, if the body was made for somebody who has it */
export function screenFrom(body: ScreenBody, before?: Screen): Screen {
  if (body.kind === 'text') {
    const { kind, columns, rows, cursor, cellWidth, cellHeight } = body;
    const { blink, lineGraphics, underline } = body;
    return {
      ...{ kind, columns, rows, cursor, cellWidth, cellHeight },
      ...{ blink, lineGraphics, underline },
      cells: fromBase64(body.cells),
      font: fromBase64(body.font),
      palette: Uint32Array.from(body.palette),
    };
  }
  const { width, height, first, count } = body;
  const rgba = new Uint8ClampedArray(width * height * 4);
  if (before && hasSize(before, width, height)) rgba.set(before.rgba);
  const band = unpackPixels(fromBase64(body.pixels), count * width);
  wordsOf(rgba).set(band, first * width);
  return { kind: 'graphics', width, height, rgba };
}

export function sameScreen(one: Screen, other: Screen): boolean {
  if (one.kind === 'graphics') {
    if (!hasSize(other, one.width, one.height)) return false;
    const [from, end] = changedLines(one, other);
    return from === end;
  }
  return other.kind === 'text' && sameText(one, other);
}

function sameText(one: TextScreen, other: TextScreen): boolean {
  const { cells, font, palette, cursor, ...rest } = one;
  return (
    sameItems(cells, other.cells) &&
    sameItems(font, other.font) &&
    sameItems(palette, other.palette) &&
    sameFields(cursor, other.cursor) &&
    sameFields(rest, other)
  );
}

const sameItems = (one: ArrayLike<number>, other: ArrayLike<number>): boolean => {
  if (one.length !== other.length) return false;
  for (let n = 0; n < one.length; n++) if (one[n] !== other[n]) return false;
  return true;
};

/** Whether `other` has all plain fields of `one`. */
function sameFields<T extends object>(one: T, other: T): boolean {
  return (Object.keys(one) as (keyof T)[]).every((name) => one[name] === other[name]);
}
