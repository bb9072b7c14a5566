import { Mxcsr } from '../../src/isa/registers/floating-point';
import { random } from './random';

/**
 * The states in which single instructions are executed, on a real processor and on ours: made from a
 * number, so that only results need to be kept.
 */

export const DATA_ADDRESS = 0x20008000n;
export const MEMORY_SIZE = 128;
/** An XSAVE image of x87, SSE and AVX state, in the standard format (SDM 1 13.4). */
export const IMAGE_SIZE = 832;
/** Where the image has what. */
export const Image = {
  FCW: 0,
  FSW: 2,
  FTW: 4,
  MXCSR: 24,
  ST: 32,
  XMM: 160,
  XSTATE_BV: 512,
  YMM_HIGH: 576,
} as const;
/** How many states there are. */
export const STATES = 1024;

export interface UserState {
  readonly registers: BigUint64Array;
  readonly flags: bigint;
  readonly memory: Uint8Array;
  readonly image: Uint8Array;
}

const EDGES = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0x8000n,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0xffffffffffffffffn,
];

/** Of 32 and 64 bits: zeros, denormals, the least and largest normal ones, infinities, NaNs, whole numbers. */
const FLOATS = [
  0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x00800000, 0x3f800000, 0xbf800000, 0x3f800001,
  0x40490fdb, 0x4b000001, 0x4f000000, 0xcf000000, 0x5f000000, 0x7f7fffff, 0xff7fffff, 0x7f800000,
  0xff800000, 0x7fc00000, 0xffc12345, 0x7f812345, 0x3effffff, 0xbf000000, 0x3fc00000, 0x00ffffff,
];
const DOUBLES = [
  0x0000000000000000n,
  0x8000000000000000n,
  0x0000000000000001n,
  0x800fffffffffffffn,
  0x0010000000000000n,
  0x3ff0000000000000n,
  0xbff0000000000000n,
  0x3ff0000000000001n,
  0x400921fb54442d18n,
  0x4330000000000001n,
  0x41e0000000000000n,
  0xc1e0000000000000n,
  0x43e0000000000000n,
  0x7fefffffffffffffn,
  0xffefffffffffffffn,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff8000000000000n,
  0xfff8123456789abcn,
  0x7ff0123456789abcn,
  0x3fdfffffffffffffn,
  0x47efffffe0000000n,
  0x36a0000000000000n,
  0x380fffffffffffffn,
];

type Next = () => number;
const wide = (next: Next): bigint => (BigInt(next()) << 32n) | BigInt(next());
const pick = <T>(next: Next, from: readonly T[]): T => from[next() % from.length] as T;

/** A floating-point number of a plausible size, as its bits. */
function plausible(next: Next, exponentBits: number, fractionBits: number): bigint {
  const bias = (1 << (exponentBits - 1)) - 1;
  const spread = next() % 4 === 0 ? bias : 8;
  const exponent = bias + (next() % (2 * spread + 1)) - spread;
  const fraction = wide(next) & ((1n << BigInt(fractionBits)) - 1n);
  const short =
    next() % 2 === 0
      ? fraction
      : (fraction >> BigInt(fractionBits - 6)) << BigInt(fractionBits - 6);
  return (
    (BigInt(next() & 1) << BigInt(exponentBits + fractionBits)) |
    (BigInt(exponent) << BigInt(fractionBits)) |
    short
  );
}

/** Eight bytes of a vector: of lanes of one kind. */
function vectorQuarter(next: Next, kind: number): bigint {
  const float = (): bigint =>
    next() % 3 === 0 ? BigInt(pick(next, FLOATS)) : plausible(next, 8, 23);
  switch (kind) {
    case 0:
      return wide(next);
    case 1:
      return float() | (float() << 32n);
    case 2:
      return next() % 3 === 0 ? pick(next, DOUBLES) : plausible(next, 11, 52);
    case 3:
      return pick(next, EDGES);
    default:
      return BigInt(next() % 64) | (BigInt(next() % 300) << 32n);
  }
}

/** Ten bytes of an x87 register. */
function extended(next: Next): bigint {
  const integer = 1n << 63n;
  const sign = BigInt(next() & 1) << 79n;
  switch (next() % 8) {
    case 0:
      return sign;
    case 1:
      return (
        sign | (BigInt(pick(next, [0x7fff, 0, 1, 0x7ffe])) << 64n) | integer | (wide(next) >> 1n)
      );
    case 2:
      return sign | (0x7fffn << 64n) | pick(next, [integer, integer | (1n << 62n), integer | 1n]);
    case 3:
      return sign | (wide(next) >> 2n); // a denormal
    case 4:
      return sign | (BigInt(next() & 0x7fff) << 64n) | wide(next); // of any kind, also unsupported ones
    default: {
      const whole = plausible(next, 15, 63);
      return ((whole >> 63n) << 64n) | integer | (whole & (integer - 1n));
    }
  }
}

function put(bytes: Uint8Array, at: number, value: bigint, size: number): void {
  for (let n = 0; n < size; n++) bytes[at + n] = Number((value >> BigInt(8 * n)) & 0xffn);
}

function imageOf(next: Next): Uint8Array {
  const image = new Uint8Array(IMAGE_SIZE);
  // All exceptions are masked; rounding, precision, DAZ and FTZ are not always the usual ones.
  const unusual = next() % 2 === 0;
  put(
    image,
    Image.FCW,
    BigInt(0x7f | (unusual ? (next() & 0xc00) | pick(next, [0, 0x200, 0x300]) : 0x300)),
    2,
  );
  put(image, Image.FSW, BigInt((next() & 0x477f) | ((next() & 7) << 11)), 2);
  put(image, Image.FTW, BigInt(next() % 3 === 0 ? next() & 0xff : 0xff), 1);
  // Often as it is after the first inexact result.
  const modes = next() % 2 === 0 ? Mxcsr.PE : next() & 0xe040;
  put(image, Image.MXCSR, BigInt(0x1f80 | (unusual ? modes | (next() & 0x3f) : 0)), 4);
  for (let n = 0; n < 8; n++) put(image, Image.ST + 16 * n, extended(next), 10);
  for (let n = 0; n < 16; n++) {
    const kind = next() % 5;
    put(image, Image.XMM + 16 * n, vectorQuarter(next, kind), 8);
    put(image, Image.XMM + 16 * n + 8, vectorQuarter(next, kind), 8);
    put(image, Image.YMM_HIGH + 16 * n, vectorQuarter(next, kind), 8);
    put(image, Image.YMM_HIGH + 16 * n + 8, vectorQuarter(next, kind), 8);
  }
  put(image, Image.XSTATE_BV, 7n, 8);
  return image;
}

/** Registers: edge values and random ones; RBX, RSI, RDI, RBP and RSP point into the memory. */
function makeState(number: number): UserState {
  const next = random(number * 104729 + 3);
  const registers = BigUint64Array.from({ length: 16 }, () => {
    const choice = next() % 4;
    if (choice === 0) return pick(next, EDGES);
    return choice === 1 ? BigInt(next() % 256) : wide(next);
  });
  const aligned = next() % 4 !== 0;
  for (const pointer of [3, 4, 5, 6, 7]) {
    const offset = aligned ? 32 + 32 * (next() % 2) : 16 + (next() % 64);
    registers[pointer] = DATA_ADDRESS + BigInt(offset);
  }
  const flags = 0x202n | (BigInt(next()) & 0x8d5n);
  const memory = new Uint8Array(MEMORY_SIZE);
  const kind = next() % 6;
  for (let at = 0; at < MEMORY_SIZE; at += 16) {
    if (kind === 5) {
      put(memory, at, extended(next), 10);
      put(memory, at + 10, wide(next), 6);
    } else {
      put(memory, at, vectorQuarter(next, kind), 8);
      put(memory, at + 8, vectorQuarter(next, kind), 8);
    }
  }
  return { registers, flags, memory, image: imageOf(next) };
}

const made: UserState[] = [];

/** One of the states, by its number. */
export function userState(number: number): UserState {
  return (made[number % STATES] ??= makeState(number % STATES));
}
