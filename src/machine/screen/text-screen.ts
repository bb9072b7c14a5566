import { cellWidth } from '../devices/vga/beam';
import {
  Attribute,
  AttributeMode,
  Crtc,
  Seq,
  Underline,
  of,
  type VgaRegisters,
} from '../devices/vga/registers';
import { GLYPH_ROOM, type Vga } from '../devices/vga/vga';
import { planeAddress, rasterOf } from './crtc';
import { attributeColours } from './palette';

export interface TextScreen {
  readonly kind: 'text';
  readonly columns: number;
  readonly rows: number;
  /** Row by row: the character's code (code page 437 unless the font says otherwise), and its attribute. */
  readonly cells: Uint8Array;
  readonly cursor: Cursor;
  /** Dots of a cell; with 9, the last is background, or goes on in line graphics. */
  readonly cellWidth: 8 | 9;
  readonly cellHeight: number;
  /** 512 pictures of 32 rows, a byte for each: bit 3 of an attribute chooses the second half. */
  readonly font: Uint8Array;
  /** 16 colours, each a number whose bytes in memory are red, green, blue, opacity. */
  readonly palette: Uint32Array;
  /** Bit 7 of an attribute makes its character blink, and is no colour. */
  readonly blink: boolean;
  /** The ninth dot of the characters C0 to DF is their eighth. */
  readonly lineGraphics: boolean;
  /** The row in which characters with colour 1 are underlined; beyond the cell when none is. */
  readonly underline: number;
}

export interface Cursor {
  readonly row: number;
  readonly column: number;
  /** Its first and last row of dots within the cell. */
  readonly start: number;
  readonly end: number;
  /** It is on, and on the screen. */
  readonly visible: boolean;
}

const FONT_SIZE = 256 * GLYPH_ROOM;

/** Where the fonts lie in plane 2, in KBytes, by the number in sequencer register 3. */
const FONT_PLACES = [0, 16, 32, 48, 8, 24, 40, 56] as const;

export function textScreen(vga: Vga): TextScreen {
  const { registers: r, memory } = vga;
  const raster = rasterOf(r);
  const { columns, cellHeight, repeat, start, pitch } = raster;
  const rows = Math.max(1, Math.floor(raster.lines / (cellHeight * repeat)));
  const [characters, attributes] = memory.planes;
  // From the line compare on, rows come from the start of memory.
  const above = Math.ceil((raster.lineCompare + 1) / (cellHeight * repeat));
  const cells = new Uint8Array(rows * columns * 2);
  for (let row = 0, at = 0; row < rows; row++) {
    const first = row < above ? start + row * pitch : (row - above) * pitch;
    for (let column = 0; column < columns; column++, at += 2) {
      const address = planeAddress(r, first + column, 0);
      cells[at] = characters[address] ?? 0;
      cells[at + 1] = attributes[address] ?? 0;
    }
  }
  const mode = of(r.attribute, Attribute.MODE);
  return {
    kind: 'text',
    columns,
    rows,
    cells,
    cursor: cursorOf(vga, columns, rows),
    cellWidth: cellWidth(r),
    cellHeight,
    font: fontOf(r, memory.planes[2]),
    palette: attributeColours(vga),
    blink: (mode & AttributeMode.BLINK) !== 0,
    lineGraphics: (mode & AttributeMode.LINE_GRAPHICS) !== 0,
    underline: of(r.crtc, Crtc.UNDERLINE) & Underline.ROW,
  };
}

function cursorOf({ registers: { crtc }, registers }: Vga, columns: number, rows: number): Cursor {
  const { start: first, pitch } = rasterOf(registers);
  const place = ((of(crtc, Crtc.CURSOR_HIGH) << 8) | of(crtc, Crtc.CURSOR_LOW)) - first;
  const row = pitch > 0 ? Math.floor(place / pitch) : 0;
  const column = place - row * pitch;
  const start = of(crtc, Crtc.CURSOR_START);
  const end = of(crtc, Crtc.CURSOR_END) & 0x1f;
  const onScreen = row >= 0 && row < rows && column >= 0 && column < columns;
  const visible = onScreen && (start & 0x20) === 0 && (start & 0x1f) <= end;
  return { row, column, start: start & 0x1f, end, visible };
}

function fontOf(r: VgaRegisters, plane: Uint8Array): Uint8Array {
  const select = of(r.sequencer, Seq.FONTS);
  const second = ((select >> 2) & 3) | ((select >> 3) & 4);
  const first = (select & 3) | ((select >> 2) & 4);
  const font = new Uint8Array(2 * FONT_SIZE);
  [first, second].forEach((number, half) => {
    const place = (FONT_PLACES[number] ?? 0) * 1024;
    font.set(plane.subarray(place, place + FONT_SIZE), half * FONT_SIZE);
  });
  return font;
}
