import type { FromVector, VectorExpression } from '../semantics/expression';
import type { LaneWidth, VectorBinary, VectorShift, VectorUnary } from '../wasm/simd';

/** What the operators on vectors mean, lane by lane, in BigInt. */

type Evaluate = (e: VectorExpression['a']) => bigint;

/** The lanes, lowest first, unsigned. */
export function lanesOf(value: bigint, lane: number): bigint[] {
  return Array.from({ length: 128 / lane }, (_, n) =>
    BigInt.asUintN(lane, value >> BigInt(lane * n)),
  );
}

export function fromLanes(lanes: readonly bigint[], lane: number): bigint {
  return lanes.reduce((all, v, n) => all | (BigInt.asUintN(lane, v) << BigInt(lane * n)), 0n);
}

export function evaluateVector(e: VectorExpression, value: Evaluate): bigint {
  switch (e.op) {
    case 'vectorUnary':
      return unary(e.operator, e.lane, value(e.a));
    case 'vectorBinary':
      return binary(e.operator, e.lane, value(e.a), value(e.b));
    case 'bitwise':
      return bitwise(e.operator, value(e.a), value(e.b));
    case 'bitselect': {
      const mask = value(e.mask);
      return (value(e.a) & mask) | (value(e.b) & ~mask);
    }
    case 'vectorShift': {
      const count = value(e.count);
      return each(e.lane, value(e.a), (a) => shifted(e.operator, e.lane, a, count));
    }
    case 'splat': {
      const a = value(e.a);
      return each(e.lane, 0n, () => a);
    }
    case 'replaceLane': {
      const lanes = lanesOf(value(e.a), e.lane);
      lanes[e.index] = value(e.value);
      return fromLanes(lanes, e.lane);
    }
    case 'shuffle': {
      const bytes = [...lanesOf(value(e.a), 8), ...lanesOf(value(e.b), 8)];
      return fromLanes(
        e.bytes.map((n) => bytes[n] ?? 0n),
        8,
      );
    }
    case 'swizzle': {
      const bytes = lanesOf(value(e.a), 8);
      return each(8, value(e.b), (index) => bytes[Number(index)] ?? 0n);
    }
  }
}

export function evaluateFromVector(e: FromVector, value: Evaluate): bigint {
  const a = value(e.a);
  switch (e.op) {
    case 'extractLane':
      return lanesOf(a, e.width)[e.index] ?? 0n;
    case 'bitmask':
      return lanesOf(a, e.lane).reduce(
        (mask, v, n) => mask | ((v >> BigInt(e.lane - 1)) << BigInt(n)),
        0n,
      );
    case 'anyTrue':
      return a === 0n ? 0n : 1n;
  }
}

function each(lane: number, a: bigint, f: (a: bigint) => bigint): bigint {
  return fromLanes(lanesOf(a, lane).map(f), lane);
}

function shifted(operator: VectorShift, lane: LaneWidth, a: bigint, count: bigint): bigint {
  if (operator === 'shl') return a << count;
  return (operator === 'shrS' ? BigInt.asIntN(lane, a) : a) >> count;
}

function bitwise(operator: 'and' | 'or' | 'xor' | 'andnot', a: bigint, b: bigint): bigint {
  switch (operator) {
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'andnot':
      return a & ~b;
  }
}

function unary(operator: VectorUnary, lane: LaneWidth, a: bigint): bigint {
  const signed = operator.endsWith('S');
  const wide = lanesOf(a, lane).map((v) => (signed ? BigInt.asIntN(lane, v) : v));
  const half = wide.length / 2;
  switch (operator) {
    case 'abs':
      return each(lane, a, (v) => (BigInt.asIntN(lane, v) < 0n ? -v : v));
    case 'neg':
      return each(lane, a, (v) => -v);
    case 'extendLowS':
    case 'extendLowU':
      return fromLanes(wide.slice(0, half), 2 * lane);
    case 'extendHighS':
    case 'extendHighU':
      return fromLanes(wide.slice(half), 2 * lane);
    case 'addPairsS':
    case 'addPairsU':
      return fromLanes(pairs(wide), 2 * lane);
  }
}

/** Sums of neighbours. */
function pairs(lanes: readonly bigint[]): bigint[] {
  return lanes.flatMap((v, n) => (n % 2 === 0 ? [v + (lanes[n + 1] ?? 0n)] : []));
}

const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function saturated(width: number, signed: boolean, v: bigint): bigint {
  const low = signed ? -(1n << BigInt(width - 1)) : 0n;
  const high = (1n << BigInt(signed ? width - 1 : width)) - 1n;
  return lesser(high, greater(low, v));
}

function binary(operator: VectorBinary, lane: LaneWidth, a: bigint, b: bigint): bigint {
  const read = (v: bigint): bigint[] =>
    lanesOf(v, lane).map((u) => (UNSIGNED.test(operator) ? u : BigInt.asIntN(lane, u)));
  const [left, right] = [read(a), read(b)];
  const zip = (f: (a: bigint, b: bigint) => bigint): bigint[] =>
    left.map((v, n) => f(v, right[n] ?? 0n));
  const half = left.length / 2;
  const same = (f: (a: bigint, b: bigint) => bigint): bigint => fromLanes(zip(f), lane);
  switch (operator) {
    case 'add':
      return same((x, y) => x + y);
    case 'sub':
      return same((x, y) => x - y);
    case 'mul':
      return same((x, y) => x * y);
    case 'addSatS':
    case 'addSatU':
      return same((x, y) => saturated(lane, operator === 'addSatS', x + y));
    case 'subSatS':
    case 'subSatU':
      return same((x, y) => saturated(lane, operator === 'subSatS', x - y));
    case 'minS':
    case 'minU':
      return same(lesser);
    case 'maxS':
    case 'maxU':
      return same(greater);
    case 'averageU':
      return same((x, y) => (x + y + 1n) >> 1n);
    case 'eq':
      return same((x, y) => (x === y ? -1n : 0n));
    case 'gtS':
      return same((x, y) => (x > y ? -1n : 0n));
    case 'narrowS':
    case 'narrowU':
      return fromLanes(
        [...left, ...right].map((v) => saturated(lane / 2, operator === 'narrowS', v)),
        lane / 2,
      );
    case 'dotS':
      return fromLanes(pairs(zip((x, y) => x * y)), 2 * lane);
    case 'addF':
      return floating(lane, a, b, (x, y) => x + y);
    case 'subF':
      return floating(lane, a, b, (x, y) => x - y);
    case 'mulF':
      return floating(lane, a, b, (x, y) => x * y);
    case 'divF':
      return floating(lane, a, b, (x, y) => x / y);
    case 'mulLowS':
    case 'mulLowU':
      return fromLanes(zip((x, y) => x * y).slice(0, half), 2 * lane);
    case 'mulHighS':
    case 'mulHighU':
      return fromLanes(zip((x, y) => x * y).slice(half), 2 * lane);
  }
}

const scratch = new DataView(new ArrayBuffer(8));

/** Of 32 bits by way of 64, which rounds the same (for these four operations). */
function floating(
  lane: LaneWidth,
  a: bigint,
  b: bigint,
  operation: (x: number, y: number) => number,
): bigint {
  const read = (bits: bigint): number => {
    if (lane === 64) scratch.setBigUint64(0, bits);
    else scratch.setUint32(0, Number(bits));
    return lane === 64 ? scratch.getFloat64(0) : scratch.getFloat32(0);
  };
  const right = lanesOf(b, lane);
  const results = lanesOf(a, lane).map((bits, n) => {
    const result = operation(read(bits), read(right[n] ?? 0n));
    if (lane === 64) scratch.setFloat64(0, result);
    else scratch.setFloat32(0, result);
    return lane === 64 ? scratch.getBigUint64(0) : BigInt(scratch.getUint32(0));
  });
  return fromLanes(results, lane);
}

/** Operators that read their lanes as unsigned; narrowU reads signed ones, and gives unsigned. */
const UNSIGNED = /^(addSat|subSat|min|max|average|mulLow|mulHigh)U$/;
