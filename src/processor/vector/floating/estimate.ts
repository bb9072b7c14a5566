import { SINGLE } from '../../floating-point';
import type { SlowPath } from '../../semantics/slow-path';
import { bytesOf, isVex, lanes, ofLanes, readVector, writeVector } from '../operands';
import { writeLowest } from './elements';

/**
 * RCPPS, RCPSS, RSQRTPS, RSQRTSS (SDM 2B): estimates within 1.5 × 2^-12 of the truth. Which bits they have
 * is left to the model of processor; here they are the truth rounded to twelve bits. They know neither
 * rounding modes nor exceptions; a denormal operand is a zero, and a result that would be one is 0.
 */

const view = new DataView(new ArrayBuffer(8));

function numberOf(bits: bigint): number {
  view.setUint32(0, Number(bits));
  return view.getFloat32(0);
}

function bitsOf(value: number): bigint {
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}

/** To twelve bits of significand. */
const KEPT = 0xfffff000n;
const HALF_OF_DROPPED = 0x800n;
const LEAST_NORMAL = 2 ** -126;

function estimate(f: (x: number) => number): (bits: bigint) => bigint {
  return (bits) => {
    const exact = numberOf(bits);
    if (Number.isNaN(exact)) return bits | SINGLE.quietBit;
    const x = Math.abs(exact) < LEAST_NORMAL ? (bits & SINGLE.sign ? -0 : 0) : exact;
    const y = f(x);
    if (Number.isNaN(y)) return SINGLE.indefinite;
    if (Math.abs(y) < LEAST_NORMAL) return bits & SINGLE.sign;
    if (!Number.isFinite(y)) return bitsOf(y);
    return (bitsOf(y) + HALF_OF_DROPPED) & KEPT;
  };
}

const reciprocal = estimate((x) => 1 / x);
const reciprocalRoot = estimate((x) => (x === 0 ? 1 / x : 1 / Math.sqrt(x)));

const packed =
  (f: (bits: bigint) => bigint): SlowPath =>
  (cpu) => {
    const bytes = bytesOf(cpu, 0);
    const results = lanes(readVector(cpu, 1, bytes), 32, bytes / 4).map(f);
    writeVector(cpu, 0, bytes, ofLanes(results, 32));
    return 'continue';
  };

const scalar =
  (f: (bits: bigint) => bigint): SlowPath =>
  (cpu) => {
    const first = isVex(cpu) ? 1 : 0;
    const source = readVector(cpu, first + 1, 4);
    writeLowest(cpu, SINGLE, readVector(cpu, first, 16), f(source));
    return 'continue';
  };

export const ESTIMATES: Readonly<Record<string, SlowPath>> = {
  RCPPS: packed(reciprocal),
  RCPSS: scalar(reciprocal),
  RSQRTPS: packed(reciprocalRoot),
  RSQRTSS: scalar(reciprocalRoot),
};
