import { PLANE_SIZE, type Planes } from './planar-memory';
import {
  Graphics,
  GraphicsMisc,
  GraphicsMode,
  MemoryMode,
  Misc,
  Seq,
  of,
  type VgaRegisters,
} from './registers';

/**
 * How addresses of the window lead to video memory. With the first three, one byte of the window is one
 * byte of a plane and nothing else happens, so that it can as well lie in RAM.
 */
export type Addressing =
  /** Even addresses in plane 0, odd ones in plane 1: text, and graphics as on a CGA. */
  | 'odd-even'
  /** The two lowest bits choose the plane: 256 colours. */
  | 'chain-4'
  /** Plane 0 alone, at 0xb0000 or 0xb8000: two colours as on a CGA. */
  | 'first-plane'
  /** Latches, masks and write modes take part. */
  | 'logic'
  /** 64 KBytes of the VBE's memory. */
  | 'bank'
  /** Video memory does not answer. */
  | 'off';

export interface VideoWindow {
  /** Physical addresses. */
  readonly first: number;
  readonly last: number;
  /** The bytes lie in RAM at their own addresses. */
  readonly plain: boolean;
  readonly addressing: Addressing;
}

/** By bits 3 and 2 of graphics register 6. */
const WINDOWS = [
  { first: 0xa0000, last: 0xbffff },
  { first: 0xa0000, last: 0xaffff },
  { first: 0xb0000, last: 0xb7fff },
  { first: 0xb8000, last: 0xbffff },
] as const;
const BANK = WINDOWS[1];

export function windowOf(r: VgaRegisters, vbe: boolean): VideoWindow {
  if (vbe) return { ...BANK, plain: false, addressing: 'bank' };
  const place = WINDOWS[(of(r.graphics, Graphics.MISC) & GraphicsMisc.MAP) >> 2] ?? WINDOWS[0];
  if ((r.misc & Misc.RAM) === 0) return { ...place, plain: false, addressing: 'off' };
  const addressing = addressingOf(r, place.first, place.last);
  return { ...place, plain: addressing !== 'logic', addressing };
}

function addressingOf(r: VgaRegisters, first: number, last: number): Addressing {
  if (!copiesBytes(r)) return 'logic';
  const mask = of(r.sequencer, Seq.MAP_MASK);
  const memory = of(r.sequencer, Seq.MEMORY);
  if ((memory & MemoryMode.CHAIN_4) !== 0) {
    // A window of 128 KBytes would have each byte twice.
    return mask === 0b1111 && last - first < PLANE_SIZE ? 'chain-4' : 'logic';
  }
  const oddEven = [
    (memory & MemoryMode.NO_ODD_EVEN) === 0,
    (of(r.graphics, Graphics.MODE) & GraphicsMode.ODD_EVEN) !== 0,
    (of(r.graphics, Graphics.MISC) & GraphicsMisc.ODD_EVEN) !== 0,
  ];
  const readMap = of(r.graphics, Graphics.READ_MAP);
  if (oddEven.every(Boolean)) return mask === 0b0011 && readMap < 2 ? 'odd-even' : 'logic';
  if (oddEven.some(Boolean) || mask !== 1 || readMap !== 0) return 'logic';
  // Elsewhere programs choose one plane after the other, and moving bytes would cost more than logic.
  return first >= 0xb0000 ? 'first-plane' : 'logic';
}

/** Write mode 0 and read mode 0 without rotation, function, set/reset and mask. */
function copiesBytes(r: VgaRegisters): boolean {
  return (
    (of(r.graphics, Graphics.MODE) & (GraphicsMode.WRITE | GraphicsMode.COMPARE)) === 0 &&
    of(r.graphics, Graphics.ROTATE) === 0 &&
    of(r.graphics, Graphics.ENABLE_SET_RESET) === 0 &&
    of(r.graphics, Graphics.BIT_MASK) === 0xff
  );
}

/** The index of a window's byte among the planes, one after the other: the place `planar-memory.ts` finds. */
function place(addressing: Addressing, offset: number): number {
  if (addressing === 'odd-even') {
    return (offset & 1) * PLANE_SIZE + ((offset & 0xfffe) | ((offset >> 16) & 1));
  }
  if (addressing === 'chain-4') return (offset & 3) * PLANE_SIZE + (offset & 0xfffc);
  return offset & 0xffff;
}

/** The bytes of a plain window, out of the planes. */
export function fromPlanes(window: VideoWindow, planes: Planes): Uint8Array {
  const bytes = new Uint8Array(window.last - window.first + 1);
  for (let n = 0; n < bytes.length; n++) {
    const index = place(window.addressing, n);
    bytes[n] = planes[index >> 16]?.[index & 0xffff] ?? 0;
  }
  return bytes;
}

/** The bytes of a plain window, into the planes. */
export function toPlanes(window: VideoWindow, bytes: Uint8Array, planes: Planes): void {
  for (let n = 0; n < bytes.length; n++) {
    const index = place(window.addressing, n);
    const plane = planes[index >> 16];
    if (plane) plane[index & 0xffff] = bytes[n] ?? 0;
  }
}
