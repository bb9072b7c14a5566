import { BLACK, canvas, type Picture } from './picture';
import type { Screen } from './screen';
import { GLYPH_ROOM } from '../devices/vga/vga';
import type { TextScreen } from './text-screen';

/** The picture of any screen; text is drawn by its font, cursor and blinking characters steady. */
export function pixelsOf(screen: Screen): Picture {
  return screen.kind === 'graphics' ? screen : drawText(screen);
}

function drawText(screen: TextScreen): Picture {
  const { columns, rows, cellWidth, cellHeight } = screen;
  const { picture, pixels } = canvas(columns * cellWidth, rows * cellHeight);
  const height = Math.min(cellHeight, GLYPH_ROOM);
  for (let cell = 0; cell < rows * columns; cell++) {
    const column = cell % columns;
    const row = (cell - column) / columns;
    const corner = row * cellHeight * picture.width + column * cellWidth;
    const { foreground, background } = coloursOf(screen, cell);
    for (let y = 0; y < height; y++) {
      let dots = dotsOf(screen, cell, y);
      for (let x = 0; x < cellWidth; x++, dots <<= 1) {
        pixels[corner + y * picture.width + x] = (dots & 0x100) !== 0 ? foreground : background;
      }
    }
  }
  return picture;
}

function coloursOf(screen: TextScreen, cell: number): { foreground: number; background: number } {
  const attribute = screen.cells[cell * 2 + 1] ?? 0;
  const colour = (index: number): number => screen.palette[index] ?? BLACK;
  return {
    foreground: colour(attribute & 15),
    background: colour((attribute >> 4) & (screen.blink ? 7 : 15)),
  };
}

/** A row of dots of a cell: 9 bits, the first dot in bit 8. */
function dotsOf(screen: TextScreen, cell: number, y: number): number {
  const { cells, font, cursor, columns, lineGraphics, underline } = screen;
  const code = cells[cell * 2] ?? 0;
  const attribute = cells[cell * 2 + 1] ?? 0;
  const atCursor = cell === cursor.row * columns + cursor.column;
  if (atCursor && cursor.visible && y >= cursor.start && y <= cursor.end) return 0x1ff;
  if (y === underline && (attribute & 7) === 1) return 0x1ff;
  const half = (attribute >> 3) & 1;
  const dots = font[(half * 256 + code) * GLYPH_ROOM + y] ?? 0;
  const joins = lineGraphics && code >= 0xc0 && code <= 0xdf;
  return (dots << 1) | (joins ? dots & 1 : 0);
}
