import { bits } from '../../isa/bits';

/** What the physical-address width makes of a paging-structure entry (SDM 3A 4.1.4). */
export interface AddressMasks {
  /** The address of a 4-KByte frame or table: bits width-1:12. */
  readonly frame: bigint;
  /** Bits 51:width, which must be 0. */
  readonly reserved: bigint;
  /** The parts of both that lie in the upper half of an entry, moved down by 32 bits. */
  readonly frameHigh: number;
  readonly reservedHigh: number;
}

const WIDEST = 52;

/** For each width; computed once, as walks are made often. */
const BY_WIDTH: readonly AddressMasks[] = Array.from({ length: WIDEST + 1 }, (_, width) => {
  const frame = width > 12 ? bits(width - 1, 12) : 0n;
  const reserved = bits(WIDEST - 1, 12) & ~frame;
  return {
    frame,
    reserved,
    frameHigh: Number(frame >> 32n),
    reservedHigh: Number(reserved >> 32n),
  };
});

/** The masks for a physical-address width (MAXPHYADDR) of at most 52 bits. */
export function addressMasks(width: number): AddressMasks {
  const masks = BY_WIDTH[width];
  if (!masks) throw new RangeError(`physical addresses of ${String(width)} bits`);
  return masks;
}
