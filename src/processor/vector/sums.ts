import type { SlowPath } from '../semantics/slow-path';
import { byHalves, bytesOf, isVex, lanes, ofLanes, readVector, writeVector } from './operands';

/** PHMINPOSUW and MPSADBW (SDM 2B; 2A). */

/** The least of eight words, and its place; the first of equals. */
export const leastWord: SlowPath = (cpu) => {
  const words = lanes(readVector(cpu, 1, 16), 16, 8);
  const least = words.reduce((a, b) => (b < a ? b : a));
  writeVector(cpu, 0, 16, least | (BigInt(words.indexOf(least)) << 16n));
  return 'continue';
};

/** Eight sums of four absolute differences: one block of the second source, eight of the first. */
function differences(a: bigint, b: bigint, control: number): bigint {
  const first = lanes(a, 8, 16).slice(control & 4);
  const block = lanes(b, 8, 16).slice(4 * (control & 3));
  const sums = Array.from({ length: 8 }, (_, start) => {
    let sum = 0n;
    for (let n = 0; n < 4; n++) {
      const difference = (first[start + n] ?? 0n) - (block[n] ?? 0n);
      sum += difference < 0n ? -difference : difference;
    }
    return sum;
  });
  return ofLanes(sums, 16);
}

/** Three bits of the immediate choose the blocks of each 128 bits. */
export const sumOfDifferences: SlowPath = (cpu) => {
  const first = isVex(cpu) ? 1 : 0;
  const bytes = bytesOf(cpu, 0);
  const control = Number(cpu.readOperand(first + 2, 1));
  const b = readVector(cpu, first + 1, bytes);
  const a = readVector(cpu, first, bytes);
  const result = byHalves(bytes, a, b, (x, y, half) => differences(x, y, control >> (3 * half)));
  writeVector(cpu, 0, bytes, result);
  return 'continue';
};
