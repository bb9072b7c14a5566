import {
  Graphics,
  GraphicsMisc,
  GraphicsMode,
  MemoryMode,
  Seq,
  of,
  type VgaRegisters,
} from './registers';

export const PLANE_SIZE = 0x10000;
export type Planes = readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/** Where an address of the window lies: which planes may take part, and the offset in them. */
interface Target {
  readonly planes: number;
  readonly offset: number;
}

const oddEvenWrites = (r: VgaRegisters): boolean =>
  (of(r.sequencer, Seq.MEMORY) & MemoryMode.NO_ODD_EVEN) === 0;
const chain4 = (r: VgaRegisters): boolean =>
  (of(r.sequencer, Seq.MEMORY) & MemoryMode.CHAIN_4) !== 0;

/**
 * Where a byte lies in its plane. Addresses that choose planes by their lowest bits leave holes there; the
 * CRTC steps over them. With 128 KBytes at two planes, bit 16 fills the hole.
 */
function planeOffset(r: VgaRegisters, address: number): number {
  if (chain4(r)) return address & 0xfffc;
  if ((of(r.graphics, Graphics.MISC) & GraphicsMisc.ODD_EVEN) === 0) return address & 0xffff;
  return (address & 0xfffe) | ((address >> 16) & 1);
}

function targetOf(r: VgaRegisters, address: number): Target {
  const offset = planeOffset(r, address);
  if (chain4(r)) return { planes: 1 << (address & 3), offset };
  if (oddEvenWrites(r)) return { planes: (address & 1) === 0 ? 0b0101 : 0b1010, offset };
  return { planes: 0b1111, offset };
}

/** The plane that read mode 0 reads. */
function readPlane(r: VgaRegisters, address: number): number {
  if (chain4(r)) return address & 3;
  const map = of(r.graphics, Graphics.READ_MAP);
  const oddEven = (of(r.graphics, Graphics.MODE) & GraphicsMode.ODD_EVEN) !== 0;
  return oddEven ? (map & 2) | (address & 1) : map;
}

const bytesAt = (planes: Planes, offset: number): number[] =>
  planes.map((plane) => plane[offset] ?? 0);

/**
 * What a read gives, and what it leaves in the latches.
 *
 * @param address from the start of the window
 */
export function readPlanes(
  r: VgaRegisters,
  planes: Planes,
  address: number,
): { value: number; latches: number[] } {
  const latches = bytesAt(planes, planeOffset(r, address));
  if ((of(r.graphics, Graphics.MODE) & GraphicsMode.COMPARE) === 0) {
    return { value: latches[readPlane(r, address)] ?? 0, latches };
  }
  // Read mode 1: the bits whose colour is that of the compare register, in the planes that matter.
  const colour = of(r.graphics, Graphics.COMPARE);
  const care = of(r.graphics, Graphics.DO_NOT_CARE);
  let value = 0xff;
  latches.forEach((byte, plane) => {
    if (((care >> plane) & 1) === 0) return;
    value &= ((colour >> plane) & 1) !== 0 ? byte : ~byte & 0xff;
  });
  return { value, latches };
}

/** Every bit of a byte as bit `plane` of a colour. */
const spread = (colour: number, plane: number): number =>
  ((colour >> plane) & 1) !== 0 ? 0xff : 0;

const rotate = (value: number, count: number): number =>
  ((value >> count) | (value << (8 - count))) & 0xff;

/** The logical function of graphics register 3. */
function combine(func: number, value: number, latch: number): number {
  if (func === 1) return value & latch;
  if (func === 2) return value | latch;
  if (func === 3) return value ^ latch;
  return value;
}

/** What the processor's byte becomes for a plane, by write mode. */
function written(r: VgaRegisters, value: number, plane: number, latch: number): number {
  const mode = of(r.graphics, Graphics.MODE) & GraphicsMode.WRITE;
  if (mode === 1) return latch;
  const rotation = of(r.graphics, Graphics.ROTATE);
  const func = rotation >> 3;
  const rotated = rotate(value, rotation & 7);
  const fixed = spread(of(r.graphics, Graphics.SET_RESET), plane);
  let mask = of(r.graphics, Graphics.BIT_MASK);
  let data = rotated;
  if (mode === 3) {
    mask &= rotated;
    data = fixed;
  } else if (mode === 2) {
    data = spread(value, plane);
  } else if (((of(r.graphics, Graphics.ENABLE_SET_RESET) >> plane) & 1) !== 0) {
    data = fixed;
  }
  return (combine(func, data, latch) & mask) | (latch & ~mask & 0xff);
}

/** @param address from the start of the window */
export function writePlanes(
  r: VgaRegisters,
  planes: Planes,
  latches: readonly number[],
  address: number,
  value: number,
): void {
  const target = targetOf(r, address);
  const mask = of(r.sequencer, Seq.MAP_MASK) & target.planes;
  planes.forEach((plane, n) => {
    if (((mask >> n) & 1) !== 0) plane[target.offset] = written(r, value, n, latches[n] ?? 0);
  });
}
