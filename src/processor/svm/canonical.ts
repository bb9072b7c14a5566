/** Bits of a linear address. */
const WIDTH = 48;

/** An address that is not canonical becomes one where VMRUN and VMLOAD load it (APM 2 15.5.1). */
export const canonical = (address: bigint): bigint =>
  BigInt.asUintN(64, BigInt.asIntN(WIDTH, address));
