import { Clocking, Crtc, Misc, Seq, of, type VgaRegisters } from './registers';

/** Dots in a second, by bits 3 and 2 of the miscellaneous output register. */
const DOT_CLOCKS = [25_175_000, 28_322_000, 25_175_000, 25_175_000] as const;
/** Hertz, for a picture whose timing no register tells. */
const VBE_RATE = 60;

/** Where the beam is. */
export interface Beam {
  /** It draws nothing at present. */
  readonly blank: boolean;
  readonly verticalRetrace: boolean;
}

/** The high bits of a vertical position are in the overflow register. */
export function vertical(r: VgaRegisters, low: number, bit8: number, bit9: number): number {
  const overflow = of(r.crtc, Crtc.OVERFLOW);
  return of(r.crtc, low) | (((overflow >> bit8) & 1) << 8) | (((overflow >> bit9) & 1) << 9);
}

/** The dots of a character cell, which the CRTC counts in. */
export const cellWidth = (r: VgaRegisters): 8 | 9 =>
  (of(r.sequencer, Seq.CLOCKING) & Clocking.DOTS_8) !== 0 ? 8 : 9;

/** @param seconds since power-on */
export function beamAt(r: VgaRegisters, seconds: number): Beam {
  const clock = DOT_CLOCKS[(r.misc & Misc.CLOCK) >> 2] ?? DOT_CLOCKS[0];
  const half = (of(r.sequencer, Seq.CLOCKING) & Clocking.HALF) !== 0 ? 2 : 1;
  const characters = (seconds * clock) / (half * cellWidth(r));
  const width = of(r.crtc, Crtc.H_TOTAL) + 5;
  const height = vertical(r, Crtc.V_TOTAL, 0, 5) + 2;
  const column = characters % width;
  const line = Math.floor(characters / width) % height;
  const retraceStart = vertical(r, Crtc.V_RETRACE_START, 2, 7);
  // Four bits of the line at which it ends.
  const retraceLines = (of(r.crtc, Crtc.V_RETRACE_END) - retraceStart) & 15;
  return {
    blank:
      line > vertical(r, Crtc.V_DISPLAY_END, 1, 6) || column > of(r.crtc, Crtc.H_DISPLAY_END) + 1,
    verticalRetrace: line >= retraceStart && line < retraceStart + (retraceLines || 16),
  };
}

/** In a mode of the VBE: a twentieth of each picture is between its end and the next. */
export function vbeBeamAt(seconds: number): Beam {
  const verticalRetrace = (seconds * VBE_RATE) % 1 > 0.95;
  return { blank: verticalRetrace, verticalRetrace };
}
