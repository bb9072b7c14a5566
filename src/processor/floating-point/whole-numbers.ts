/** Arithmetic of whole numbers without sign. */

const scratch = new DataView(new ArrayBuffer(8));
const DOUBLE_BIAS = 1023;
/** Whole numbers of so many bits surely fit into a double. */
const FITS = 1n << 1000n;

/** How many bits a positive number has. */
export function bitLength(value: bigint): number {
  if (value >= FITS) return 4 * (value.toString(16).length - 1) + leadingDigit(value);
  // As a double it may have been rounded up to the next power of two.
  scratch.setFloat64(0, Number(value));
  const length = ((scratch.getUint16(0) >> 4) & 0x7ff) - DOUBLE_BIAS + 1;
  return value >> BigInt(length - 1) === 0n ? length - 1 : length;
}

function leadingDigit(value: bigint): number {
  return 32 - Math.clz32(parseInt(value.toString(16).charAt(0), 16));
}

/** The largest whole number whose square is not above `value`. */
export function squareRoot(value: bigint): bigint {
  if (value === 0n) return 0n;
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** `value`, shifted left by a number of places that may be negative: what falls out is kept as a sticky bit. */
export function shiftSticky(value: bigint, places: number): bigint {
  if (places >= 0) return value << BigInt(places);
  const count = BigInt(-places);
  const shifted = value >> count;
  return shifted << count === value ? shifted : shifted | 1n;
}
