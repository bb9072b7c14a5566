/**
 * The registers of a VGA (IBM VGA Technical Reference, 1992; FreeVGA): their numbers, their bits, and
 * what firmware leaves in them for 80 × 25 text (mode 3).
 */

/** Miscellaneous output register, written at 0x3c2, read at 0x3cc. */
export const Misc = { COLOUR: 1, RAM: 2, CLOCK: 0xc } as const;

export const Seq = { RESET: 0, CLOCKING: 1, MAP_MASK: 2, FONTS: 3, MEMORY: 4 } as const;
/** Sequencer 1. */
export const Clocking = { DOTS_8: 1, HALF: 8, SCREEN_OFF: 0x20 } as const;
/** Sequencer 4. */
export const MemoryMode = { NO_ODD_EVEN: 4, CHAIN_4: 8 } as const;

export const Graphics = {
  SET_RESET: 0,
  ENABLE_SET_RESET: 1,
  COMPARE: 2,
  ROTATE: 3,
  READ_MAP: 4,
  MODE: 5,
  MISC: 6,
  DO_NOT_CARE: 7,
  BIT_MASK: 8,
} as const;
/** Graphics controller 5. */
export const GraphicsMode = {
  WRITE: 3,
  COMPARE: 8,
  ODD_EVEN: 0x10,
  INTERLEAVE: 0x20,
  COLOURS_256: 0x40,
} as const;
/** Graphics controller 6. */
export const GraphicsMisc = { GRAPHICS: 1, ODD_EVEN: 2, MAP: 0xc } as const;

export const Crtc = {
  H_TOTAL: 0x00,
  H_DISPLAY_END: 0x01,
  V_TOTAL: 0x06,
  OVERFLOW: 0x07,
  PRESET_ROW: 0x08,
  CELL_HEIGHT: 0x09,
  CURSOR_START: 0x0a,
  CURSOR_END: 0x0b,
  START_HIGH: 0x0c,
  START_LOW: 0x0d,
  CURSOR_HIGH: 0x0e,
  CURSOR_LOW: 0x0f,
  V_RETRACE_START: 0x10,
  V_RETRACE_END: 0x11,
  V_DISPLAY_END: 0x12,
  OFFSET: 0x13,
  UNDERLINE: 0x14,
  MODE: 0x17,
  LINE_COMPARE: 0x18,
} as const;
/** CRTC 9, beside the height of a cell. */
export const CellHeight = { ROWS: 0x1f, LINE_COMPARE_9: 0x40, DOUBLE: 0x80 } as const;
/** CRTC 0x14, beside the row of the underline. */
export const Underline = { ROW: 0x1f, DOUBLEWORD: 0x40 } as const;
/** CRTC 0x17; the first two are 0 where a bit of the row takes the place of an address line (CGA). */
export const CrtcMode = {
  NOT_ROW_0: 1,
  NOT_ROW_1: 2,
  HALF_LINES: 4,
  WRAP_15: 0x20,
  BYTES: 0x40,
  ENABLE: 0x80,
} as const;

export const Attribute = {
  MODE: 0x10,
  OVERSCAN: 0x11,
  PLANES: 0x12,
  PAN: 0x13,
  COLOUR: 0x14,
} as const;
/** Bit 5 of the attribute controller's index: the palette is used, so there is a picture. */
export const PALETTE_IN_USE = 0x20;
/** Attribute controller 0x10. */
export const AttributeMode = {
  GRAPHICS: 1,
  LINE_GRAPHICS: 4,
  BLINK: 8,
  PAN_TOP_ONLY: 0x20,
  COLOURS_256: 0x40,
  COLOUR_5_4: 0x80,
} as const;

/** A group of registers behind an index. */
export interface Indexed {
  index: number;
  readonly values: number[];
}

export interface VgaRegisters {
  misc: number;
  feature: number;
  /** Port 0x3c3. */
  enabled: number;
  readonly sequencer: Indexed;
  readonly graphics: Indexed;
  readonly crtc: Indexed;
  readonly attribute: Indexed;
  /** What port 0x3c0 takes next: reading input status 1 makes it the index again. */
  attributeExpects: 'index' | 'value';
}

const hex = (bytes: string): number[] => bytes.split(' ').map((byte) => parseInt(byte, 16));
const indexed = (values: string): Indexed => ({ index: 0, values: hex(values) });

/** As firmware leaves them: mode 3, 80 × 25 characters of 9 × 16 dots at 0xb8000. */
export function textRegisters(): VgaRegisters {
  return {
    misc: 0x67,
    feature: 0,
    enabled: 1,
    sequencer: indexed('03 00 03 00 02'),
    graphics: indexed('00 00 00 00 00 10 0e 0f ff'),
    crtc: indexed('5f 4f 50 82 55 81 bf 1f 00 4f 0d 0e 00 00 00 00 9c 8e 8f 28 1f 96 b9 a3 ff'),
    attribute: {
      index: PALETTE_IN_USE,
      values: hex('00 01 02 03 04 05 14 07 38 39 3a 3b 3c 3d 3e 3f 0c 00 0f 08 00'),
    },
    attributeExpects: 'index',
  };
}

/** The bits that exist, of each register. */
export const SEQUENCER_BITS = hex('03 3d 0f 3f 0e');
export const GRAPHICS_BITS = hex('0f 0f 0f 1f 03 7b 0f 0f ff');
const PALETTE_BITS = new Array<number>(16).fill(0x3f);
export const ATTRIBUTE_BITS = [...PALETTE_BITS, ...hex('ef ff 3f 0f 0f')];

/** A register's value; 0 where there is none. */
export const of = (group: Indexed, index: number): number => group.values[index] ?? 0;
