import { vertical } from '../devices/vga/beam';
import {
  CellHeight,
  Clocking,
  Crtc,
  CrtcMode,
  PALETTE_IN_USE,
  Seq,
  Underline,
  of,
  type VgaRegisters,
} from '../devices/vga/registers';

/** What the CRT controller's registers say about the picture. */
export interface Raster {
  /** Character cells in a line, or groups of 8 dots. */
  readonly columns: number;
  /** Lines that the beam draws. */
  readonly lines: number;
  /** Lines of a row of characters. */
  readonly cellHeight: number;
  /** How often each line of a row is drawn. */
  readonly repeat: 1 | 2;
  /** The address counter at the first line, and from one row to the next. */
  readonly start: number;
  readonly pitch: number;
  /** After this line the counter is 0. */
  readonly lineCompare: number;
}

export function rasterOf(r: VgaRegisters): Raster {
  const height = of(r.crtc, Crtc.CELL_HEIGHT);
  const compare9 = (height & CellHeight.LINE_COMPARE_9) !== 0 ? 0x200 : 0;
  const compare8 = ((of(r.crtc, Crtc.OVERFLOW) >> 4) & 1) << 8;
  const bytePan = (of(r.crtc, Crtc.PRESET_ROW) >> 5) & 3;
  return {
    columns: of(r.crtc, Crtc.H_DISPLAY_END) + 1,
    lines: vertical(r, Crtc.V_DISPLAY_END, 1, 6) + 1,
    cellHeight: (height & CellHeight.ROWS) + 1,
    repeat: (height & CellHeight.DOUBLE) !== 0 ? 2 : 1,
    start: ((of(r.crtc, Crtc.START_HIGH) << 8) | of(r.crtc, Crtc.START_LOW)) + bytePan,
    pitch: of(r.crtc, Crtc.OFFSET) * 2,
    lineCompare: of(r.crtc, Crtc.LINE_COMPARE) | compare8 | compare9,
  };
}

/** Whether the CGA's place for each line is used: bits of the line within its row are address lines. */
export function rowsInterleave(r: VgaRegisters): boolean {
  const both = CrtcMode.NOT_ROW_0 | CrtcMode.NOT_ROW_1;
  return (of(r.crtc, Crtc.MODE) & both) !== both;
}

/** Where the planes are read for a value of the address counter, in line `row` of a row of cells. */
export function planeAddress(r: VgaRegisters, counter: number, row: number): number {
  const mode = of(r.crtc, Crtc.MODE);
  let address = counter;
  if ((of(r.crtc, Crtc.UNDERLINE) & Underline.DOUBLEWORD) !== 0) address <<= 2;
  else if ((mode & CrtcMode.BYTES) === 0) address <<= 1;
  if ((mode & CrtcMode.NOT_ROW_0) === 0) address = (address & ~0x2000) | ((row & 1) << 13);
  if ((mode & CrtcMode.NOT_ROW_1) === 0) address = (address & ~0x4000) | ((row & 2) << 13);
  return address & 0xffff;
}

/** Whether anything is drawn at all. */
export function isDark(r: VgaRegisters): boolean {
  return (
    (of(r.sequencer, Seq.CLOCKING) & Clocking.SCREEN_OFF) !== 0 ||
    (r.attribute.index & PALETTE_IN_USE) === 0 ||
    (of(r.crtc, Crtc.MODE) & CrtcMode.ENABLE) === 0
  );
}
