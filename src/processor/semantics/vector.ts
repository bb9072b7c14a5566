import type { LaneWidth, VectorBinary, VectorShift, VectorUnary } from '../wasm/simd';
import type { Expression } from './expression';
import { Value } from './value';

/**
 * 128 bits with the operations that definitions of vector instructions are written in. They are those of
 * WebAssembly's v128: each has the width of its lanes as its first argument.
 */
export class Vector {
  constructor(readonly expression: Expression) {}

  static constant(value: bigint): Vector {
    return new Vector({ op: 'constant', width: 128, value: BigInt.asUintN(128, value) });
  }

  /** One value for each lane, the lowest first. */
  static lanes(lane: LaneWidth, ...values: readonly (number | bigint)[]): Vector {
    const whole = values.reduce<bigint>(
      (all, value, n) => all | (BigInt.asUintN(lane, BigInt(value)) << BigInt(lane * n)),
      0n,
    );
    return Vector.constant(whole);
  }

  static readonly ZERO = Vector.constant(0n);
  static readonly ONES = Vector.constant(-1n);

  /** A value in every lane of its width. */
  static splat(value: Value): Vector {
    const lane = value.width as LaneWidth;
    return new Vector({ op: 'splat', width: 128, lane, a: value.expression });
  }

  /** A value in the lowest lane of its width, zeros above. */
  static of(value: Value): Vector {
    return Vector.ZERO.replace(0, value);
  }

  and = (b: Vector): Vector => this.bitwise('and', b);
  or = (b: Vector): Vector => this.bitwise('or', b);
  xor = (b: Vector): Vector => this.bitwise('xor', b);
  /** This and not `b`. */
  andNot = (b: Vector): Vector => this.bitwise('andnot', b);
  not = (): Vector => this.xor(Vector.ONES);

  abs = (lane: LaneWidth): Vector => this.unary('abs', lane);
  neg = (lane: LaneWidth): Vector => this.unary('neg', lane);
  /** The lower lanes, each twice as wide. */
  extendLowS = (lane: LaneWidth): Vector => this.unary('extendLowS', lane);
  extendLowU = (lane: LaneWidth): Vector => this.unary('extendLowU', lane);
  extendHighS = (lane: LaneWidth): Vector => this.unary('extendHighS', lane);
  extendHighU = (lane: LaneWidth): Vector => this.unary('extendHighU', lane);
  /** Sums of neighbours, each twice as wide. */
  addPairsS = (lane: LaneWidth): Vector => this.unary('addPairsS', lane);
  addPairsU = (lane: LaneWidth): Vector => this.unary('addPairsU', lane);

  add = (lane: LaneWidth, b: Vector): Vector => this.binary('add', lane, b);
  sub = (lane: LaneWidth, b: Vector): Vector => this.binary('sub', lane, b);
  mul = (lane: LaneWidth, b: Vector): Vector => this.binary('mul', lane, b);
  addSatS = (lane: LaneWidth, b: Vector): Vector => this.binary('addSatS', lane, b);
  addSatU = (lane: LaneWidth, b: Vector): Vector => this.binary('addSatU', lane, b);
  subSatS = (lane: LaneWidth, b: Vector): Vector => this.binary('subSatS', lane, b);
  subSatU = (lane: LaneWidth, b: Vector): Vector => this.binary('subSatU', lane, b);
  minS = (lane: LaneWidth, b: Vector): Vector => this.binary('minS', lane, b);
  minU = (lane: LaneWidth, b: Vector): Vector => this.binary('minU', lane, b);
  maxS = (lane: LaneWidth, b: Vector): Vector => this.binary('maxS', lane, b);
  maxU = (lane: LaneWidth, b: Vector): Vector => this.binary('maxU', lane, b);
  averageU = (lane: LaneWidth, b: Vector): Vector => this.binary('averageU', lane, b);
  /** All ones in the lanes where it holds. */
  eq = (lane: LaneWidth, b: Vector): Vector => this.binary('eq', lane, b);
  gtS = (lane: LaneWidth, b: Vector): Vector => this.binary('gtS', lane, b);
  /** The lanes of both, half as wide, signed ones saturated. */
  narrowS = (lane: LaneWidth, b: Vector): Vector => this.binary('narrowS', lane, b);
  narrowU = (lane: LaneWidth, b: Vector): Vector => this.binary('narrowU', lane, b);
  /** Sums of two products each, twice as wide. */
  dotS = (lane: LaneWidth, b: Vector): Vector => this.binary('dotS', lane, b);
  /** Products of the lower lanes, each twice as wide. */
  mulLowS = (lane: LaneWidth, b: Vector): Vector => this.binary('mulLowS', lane, b);
  mulLowU = (lane: LaneWidth, b: Vector): Vector => this.binary('mulLowU', lane, b);
  mulHighS = (lane: LaneWidth, b: Vector): Vector => this.binary('mulHighS', lane, b);
  mulHighU = (lane: LaneWidth, b: Vector): Vector => this.binary('mulHighU', lane, b);

  /** Floating point, rounded to nearest; of NaNs any may come out. */
  addF = (lane: 32 | 64, b: Vector): Vector => this.binary('addF', lane, b);
  subF = (lane: 32 | 64, b: Vector): Vector => this.binary('subF', lane, b);
  mulF = (lane: 32 | 64, b: Vector): Vector => this.binary('mulF', lane, b);
  divF = (lane: 32 | 64, b: Vector): Vector => this.binary('divF', lane, b);

  /** By a number, or a value of 64 bits, below the lane's width. */
  shl = (lane: LaneWidth, count: number | Value): Vector => this.shift('shl', lane, count);
  shrS = (lane: LaneWidth, count: number | Value): Vector => this.shift('shrS', lane, count);
  shrU = (lane: LaneWidth, count: number | Value): Vector => this.shift('shrU', lane, count);

  /** Bytes of this (0 to 15) and `b` (16 to 31). */
  shuffle(bytes: readonly number[], b: Vector = this): Vector {
    const [a, other] = [this.expression, b.expression];
    return new Vector({ op: 'shuffle', width: 128, bytes, a, b: other });
  }

  /** As `shuffle`, by the numbers of lanes. */
  shuffleLanes(lane: LaneWidth, indices: readonly number[], b: Vector = this): Vector {
    const size = lane / 8;
    const bytes = indices.flatMap((index) =>
      Array.from({ length: size }, (_, n) => index * size + n),
    );
    return this.shuffle(bytes, b);
  }

  /** The bytes whose numbers `indices` holds; 0 where a number is above 15. */
  swizzle(indices: Vector): Vector {
    const [a, b] = [this.expression, indices.expression];
    return new Vector({ op: 'swizzle', width: 128, a, b });
  }

  /** The bits of this where the mask has ones, of `b` elsewhere. */
  where(mask: Vector, b: Vector): Vector {
    const [a, other, m] = [this.expression, b.expression, mask.expression];
    return new Vector({ op: 'bitselect', width: 128, a, b: other, mask: m });
  }

  /** `condition ? a : b` of whole vectors. */
  static select(condition: Value, a: Vector, b: Vector): Vector {
    return new Vector({
      op: 'select',
      width: 128,
      condition: condition.expression,
      then: a.expression,
      otherwise: b.expression,
    });
  }

  extract(lane: LaneWidth, index: number): Value {
    return new Value({ op: 'extractLane', width: lane, index, a: this.expression });
  }

  replace(index: number, value: Value): Vector {
    const lane = value.width as LaneWidth;
    const a = this.expression;
    return new Vector({ op: 'replaceLane', width: 128, lane, index, a, value: value.expression });
  }

  /** The highest bits of the lanes, as a value of 64 bits. */
  bitmask(lane: LaneWidth): Value {
    return new Value({ op: 'bitmask', width: 64, lane, a: this.expression });
  }

  /** Whether a bit is set. */
  any(): Value {
    return new Value({ op: 'anyTrue', width: 1, a: this.expression });
  }

  private unary(operator: VectorUnary, lane: LaneWidth): Vector {
    return new Vector({ op: 'vectorUnary', width: 128, operator, lane, a: this.expression });
  }

  private binary(operator: VectorBinary, lane: LaneWidth, b: Vector): Vector {
    const a = this.expression;
    return new Vector({ op: 'vectorBinary', width: 128, operator, lane, a, b: b.expression });
  }

  private bitwise(operator: 'and' | 'or' | 'xor' | 'andnot', b: Vector): Vector {
    return new Vector({ op: 'bitwise', width: 128, operator, a: this.expression, b: b.expression });
  }

  private shift(operator: VectorShift, lane: LaneWidth, count: number | Value): Vector {
    const by = typeof count === 'number' ? Value.constant(64, count) : count;
    const a = this.expression;
    return new Vector({ op: 'vectorShift', width: 128, operator, lane, a, count: by.expression });
  }
}
