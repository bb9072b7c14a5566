import type { SlowPath } from '../semantics/slow-path';
import { byHalves, bytesOf, isVex, readVector, writeVector } from './operands';

/** PCLMULQDQ: the product of two polynomials over GF(2) (SDM 2B). */

function carrylessProduct(a: bigint, b: bigint): bigint {
  let result = 0n;
  for (let rest = b, shifted = a; rest !== 0n; rest >>= 1n, shifted <<= 1n) {
    if (rest & 1n) result ^= shifted;
  }
  return result;
}

/** Bits 0 and 4 of the immediate choose the halves of the sources. */
export const multiplyCarryless: SlowPath = (cpu) => {
  const first = isVex(cpu) ? 1 : 0;
  const bytes = bytesOf(cpu, 0);
  const control = Number(cpu.readOperand(first + 2, 1));
  const half = (v: bigint, upper: number): bigint => BigInt.asUintN(64, upper ? v >> 64n : v);
  const b = readVector(cpu, first + 1, bytes);
  const a = readVector(cpu, first, bytes);
  const result = byHalves(bytes, a, b, (x, y) =>
    carrylessProduct(half(x, control & 1), half(y, control & 0x10)),
  );
  writeVector(cpu, 0, bytes, result);
  return 'continue';
};
