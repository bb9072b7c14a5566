/**
 * Instructions on v128 (WebAssembly Core Specification 2.0, 5.4.8): the number that follows the prefix
 * 0xfd. Names are those of the specification, with lanes of 8, 16, 32 and 64 bits in this order.
 */

export type LaneWidth = 8 | 16 | 32 | 64;
type ByLane = Readonly<Partial<Record<LaneWidth, number>>>;

const lanes = (...numbers: (number | undefined)[]): ByLane =>
  Object.fromEntries(
    ([8, 16, 32, 64] as const).flatMap((lane, n) => {
      const number = numbers[n];
      return number === undefined ? [] : [[lane, number]];
    }),
  );

export const SIMD_PREFIX = 0xfd;

export const V128 = {
  load: 0,
  store: 11,
  const: 12,
  shuffle: 13,
  swizzle: 14,
  not: 77,
  and: 78,
  andnot: 79,
  or: 80,
  xor: 81,
  bitselect: 82,
  anyTrue: 83,
} as const;

export const SPLAT = lanes(15, 16, 17, 18);
/** Zero-extended where there is a choice. */
export const EXTRACT = lanes(22, 25, 27, 29);
export const REPLACE = lanes(23, 26, 28, 30);
export const BITMASK = lanes(100, 132, 164, 196);

/** Operators of one vector; of the two widths in a conversion the lane is the one it comes from. */
export const UNARY = {
  abs: lanes(96, 128, 160, 192),
  neg: lanes(97, 129, 161, 193),
  extendLowS: lanes(135, 167, 199),
  extendHighS: lanes(136, 168, 200),
  extendLowU: lanes(137, 169, 201),
  extendHighU: lanes(138, 170, 202),
  addPairsS: lanes(124, 126),
  addPairsU: lanes(125, 127),
} as const satisfies Record<string, ByLane>;

export const BINARY = {
  add: lanes(110, 142, 174, 206),
  sub: lanes(113, 145, 177, 209),
  mul: lanes(undefined, 149, 181, 213),
  addSatS: lanes(111, 143),
  addSatU: lanes(112, 144),
  subSatS: lanes(114, 146),
  subSatU: lanes(115, 147),
  minS: lanes(118, 150, 182),
  minU: lanes(119, 151, 183),
  maxS: lanes(120, 152, 184),
  maxU: lanes(121, 153, 185),
  averageU: lanes(123, 155),
  eq: lanes(35, 45, 55, 214),
  gtS: lanes(39, 49, 59, 217),
  narrowS: lanes(undefined, 101, 133),
  narrowU: lanes(undefined, 102, 134),
  dotS: lanes(undefined, 186),
  mulLowS: lanes(156, 188, 220),
  mulHighS: lanes(157, 189, 221),
  mulLowU: lanes(158, 190, 222),
  mulHighU: lanes(159, 191, 223),
  /** Floating point, rounded to nearest. */
  addF: lanes(undefined, undefined, 228, 240),
  subF: lanes(undefined, undefined, 229, 241),
  mulF: lanes(undefined, undefined, 230, 242),
  divF: lanes(undefined, undefined, 231, 243),
} as const satisfies Record<string, ByLane>;

/** By a count that the specification takes modulo the lane's width. */
export const SHIFT = {
  shl: lanes(107, 139, 171, 203),
  shrS: lanes(108, 140, 172, 204),
  shrU: lanes(109, 141, 173, 205),
} as const satisfies Record<string, ByLane>;

export type VectorUnary = keyof typeof UNARY;
export type VectorBinary = keyof typeof BINARY;
export type VectorShift = keyof typeof SHIFT;
