import {
  Attribute,
  AttributeMode,
  Graphics,
  GraphicsMode,
  of,
  type VgaRegisters,
} from '../devices/vga/registers';
import type { Planes } from '../devices/vga/planar-memory';
import type { Vga } from '../devices/vga/vga';
import { isDark, planeAddress, rasterOf, rowsInterleave, type Raster } from './crtc';
import { attributeColours, dacColours } from './palette';
import { BLACK, canvas, type Picture } from './picture';

/** How the bytes that are read from the planes become pixels: 8 of them, or 4 of 256 colours. */
type Shifter = (bytes: readonly number[], out: Uint8Array, at: number) => void;

/** The shifters as such: a bit of each plane makes a colour. */
const planar: Shifter = ([b0 = 0, b1 = 0, b2 = 0, b3 = 0], out, at) => {
  for (let n = 0; n < 8; n++) {
    const bit = 7 - n;
    out[at + n] =
      ((b0 >> bit) & 1) |
      (((b1 >> bit) & 1) << 1) |
      (((b2 >> bit) & 1) << 2) |
      (((b3 >> bit) & 1) << 3);
  }
};

/** As on a CGA: two neighbouring bits make a colour, first those of planes 0 and 2. */
const interleaved: Shifter = ([b0 = 0, b1 = 0, b2 = 0, b3 = 0], out, at) => {
  for (let n = 0; n < 4; n++) {
    const shift = 6 - 2 * n;
    out[at + n] = ((b0 >> shift) & 3) | (((b2 >> shift) & 3) << 2);
    out[at + 4 + n] = ((b1 >> shift) & 3) | (((b3 >> shift) & 3) << 2);
  }
};

const bytes: Shifter = (fetched, out, at) => {
  out.set(fetched, at);
};

interface Depth {
  readonly shift: Shifter;
  /** Pixels of each group of 8 dots. */
  readonly pixels: 4 | 8;
  readonly colours: Uint32Array;
}

function depthOf(vga: Vga): Depth {
  const { graphics, attribute } = vga.registers;
  const mode = of(graphics, Graphics.MODE);
  if ((mode & GraphicsMode.COLOURS_256) !== 0) {
    const dark = isDark(vga.registers);
    const colours = dark ? new Uint32Array(256).fill(BLACK) : dacColours(vga);
    return { shift: bytes, pixels: 4, colours };
  }
  const palette = attributeColours(vga);
  const enabled = of(attribute, Attribute.PLANES);
  const colours = palette.map((_, n) => palette[n & enabled] ?? BLACK);
  const shift = (mode & GraphicsMode.INTERLEAVE) !== 0 ? interleaved : planar;
  return { shift, pixels: 8, colours };
}

/** One line of the picture: where the address counter starts, and which line of its row of cells it is. */
interface Line {
  readonly counter: number;
  readonly row: number;
  readonly split: boolean;
}

/** Lines that only repeat the one above are left out. */
function linesOf(r: VgaRegisters, raster: Raster): Line[] {
  const { lines, cellHeight, repeat, start, pitch, lineCompare } = raster;
  const rows = rowsInterleave(r) ? cellHeight : 1;
  const drawn = rows === 1 ? cellHeight * repeat : repeat;
  const count = Math.max(1, Math.floor(lines / drawn));
  const split = Math.floor(lineCompare / drawn) + 1;
  return Array.from({ length: count }, (_, n) => {
    const line = n < split ? n : n - split;
    const counter = (n < split ? start : 0) + Math.floor(line / rows) * pitch;
    return { counter, row: line % rows, split: n >= split };
  });
}

/** Dots by which the picture is moved to the left. */
function panOf(r: VgaRegisters, depth: Depth): number {
  const pan = of(r.attribute, Attribute.PAN) & 7;
  return depth.pixels === 4 ? pan >> 1 : pan;
}

/** The picture of a graphics mode: from planes through shifters and palette to pixels. */
export function vgaPicture(vga: Vga): Picture {
  const { registers: r } = vga;
  const { planes } = vga.memory;
  const raster = rasterOf(r);
  const lines = linesOf(r, raster);
  const depth = depthOf(vga);
  const width = raster.columns * depth.pixels;
  const { picture, pixels } = canvas(width, lines.length);
  const pan = panOf(r, depth);
  const panTopOnly = (of(r.attribute, Attribute.MODE) & AttributeMode.PAN_TOP_ONLY) !== 0;
  const indices = new Uint8Array(width + 8);
  lines.forEach((line, y) => {
    fetchLine(r, planes, line, raster.columns + 1, depth, indices);
    const skip = line.split && panTopOnly ? 0 : pan;
    for (let x = 0; x < width; x++) {
      pixels[y * width + x] = depth.colours[indices[x + skip] ?? 0] ?? BLACK;
    }
  });
  return picture;
}

function fetchLine(
  r: VgaRegisters,
  planes: Planes,
  { counter, row }: Line,
  columns: number,
  { shift, pixels }: Depth,
  out: Uint8Array,
): void {
  const fetched = [0, 0, 0, 0];
  for (let column = 0; column < columns; column++) {
    const address = planeAddress(r, counter + column, row);
    for (let n = 0; n < 4; n++) fetched[n] = planes[n]?.[address] ?? 0;
    shift(fetched, out, column * pixels);
  }
}
