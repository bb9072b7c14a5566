import { type Environment, Flag, Rounding } from './environment';
import { DOUBLE, type Format, SINGLE } from './format';

/**
 * Ordinary sums, products, quotients and roots in the arithmetic of the host, which rounds doubles to the
 * nearest as IEEE 754 has it. Whether a result is exact is found by computing its error, without rounding.
 * Each function gives `undefined` where anything is out of the ordinary: another rounding mode, numbers
 * near the limits of the format, zeros as results.
 *
 * A single-precision result is that of doubles, rounded once more: with 53 bits for 24 that never makes a
 * difference (S. A. Figueroa, "When is double rounding innocuous?", 1995).
 */

const scratch = new DataView(new ArrayBuffer(8));

/** Between these limits no operand, result or error of an operation leaves the normal numbers. */
const LIMITS = new Map<Format, readonly [low: number, high: number]>([
  [SINGLE, [2 ** -60, 2 ** 60]],
  [DOUBLE, [2 ** -400, 2 ** 400]],
]);

function read(format: Format, bits: bigint): number {
  if (format === DOUBLE) {
    scratch.setBigUint64(0, bits);
    return scratch.getFloat64(0);
  }
  scratch.setUint32(0, Number(bits));
  return scratch.getFloat32(0);
}

function write(format: Format, value: number): bigint {
  if (format === DOUBLE) {
    scratch.setFloat64(0, value);
    return scratch.getBigUint64(0);
  }
  scratch.setFloat32(0, value);
  return BigInt(scratch.getUint32(0));
}

function limitsFor(format: Format, env: Environment): readonly [number, number] | undefined {
  return env.rounding === Rounding.NEAREST && !env.x87 ? LIMITS.get(format) : undefined;
}

function isWithin([low, high]: readonly [number, number], value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude >= low && magnitude <= high;
}

function finish(format: Format, result: number, exact: boolean, env: Environment): bigint {
  if (!exact) env.raise(Flag.PRECISION);
  return write(format, result);
}

/** What `result` lacks of a + b (D. Knuth's two-sum). */
function errorOfSum(a: number, b: number, result: number): number {
  const other = result - a;
  return a - (result - other) + (b - other);
}

/** What `result` lacks of a × b, from products of halves (T. J. Dekker). */
function errorOfProduct(a: number, b: number, result: number): number {
  const [high, low] = halves(a);
  const [highB, lowB] = halves(b);
  return high * highB - result + high * lowB + low * highB + low * lowB;
}

const SPLITTER = 2 ** 27 + 1;

function halves(value: number): readonly [number, number] {
  const scaled = SPLITTER * value;
  const high = scaled - (scaled - value);
  return [high, value - high];
}

export function quickSum(
  format: Format,
  a: bigint,
  b: bigint,
  env: Environment,
): bigint | undefined {
  const limits = limitsFor(format, env);
  if (!limits) return undefined;
  const [x, y] = [read(format, a), read(format, b)];
  if (!isWithin(limits, x) || !isWithin(limits, y)) return undefined;
  const sum = x + y;
  if (sum === 0) return undefined;
  const result = format === SINGLE ? Math.fround(sum) : sum;
  return finish(format, result, result === sum && errorOfSum(x, y, sum) === 0, env);
}

export function quickProduct(
  format: Format,
  a: bigint,
  b: bigint,
  env: Environment,
): bigint | undefined {
  const limits = limitsFor(format, env);
  if (!limits) return undefined;
  const [x, y] = [read(format, a), read(format, b)];
  if (!isWithin(limits, x) || !isWithin(limits, y)) return undefined;
  const result = format === SINGLE ? Math.fround(x * y) : x * y;
  return finish(format, result, isProduct(format, x, y, result), env);
}

export function quickQuotient(
  format: Format,
  a: bigint,
  b: bigint,
  env: Environment,
): bigint | undefined {
  const limits = limitsFor(format, env);
  if (!limits) return undefined;
  const [x, y] = [read(format, a), read(format, b)];
  if (!isWithin(limits, x) || !isWithin(limits, y)) return undefined;
  const result = format === SINGLE ? Math.fround(x / y) : x / y;
  return finish(format, result, isProduct(format, result, y, x), env);
}

export function quickRoot(format: Format, a: bigint, env: Environment): bigint | undefined {
  const limits = limitsFor(format, env);
  if (!limits) return undefined;
  const x = read(format, a);
  if (x < 0 || !isWithin(limits, x)) return undefined;
  const root = Math.sqrt(x);
  const result = format === SINGLE ? Math.fround(root) : root;
  return finish(format, result, isProduct(format, result, result, x), env);
}

/** Whether a × b is exactly `product`. Products of single-precision numbers fit into doubles. */
function isProduct(format: Format, a: number, b: number, product: number): boolean {
  const rounded = a * b;
  if (rounded !== product) return false;
  return format === SINGLE || errorOfProduct(a, b, rounded) === 0;
}
