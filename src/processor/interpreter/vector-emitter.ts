import type { Expression, FromVector, VectorExpression } from '../semantics/expression';
import { Op } from '../wasm/encoding';
import type { FunctionBuilder } from '../wasm/function-builder';
import {
  BINARY,
  BITMASK,
  EXTRACT,
  REPLACE,
  SHIFT,
  SPLAT,
  UNARY,
  V128,
  type LaneWidth,
} from '../wasm/simd';

/** Pushes an expression; what is narrower than 64 bits as a clean i64. */
type Push = (e: Expression) => void;

/** Lanes of less than 64 bits travel as i32 in WebAssembly. */
const asLane = (f: FunctionBuilder, lane: LaneWidth): void => {
  if (lane !== 64) f.op(Op.i32WrapI64);
};

function numberOf(byLane: Partial<Record<LaneWidth, number>>, lane: LaneWidth): number {
  const found = byLane[lane];
  if (found === undefined) throw new Error(`no such operator for lanes of ${String(lane)} bits`);
  return found;
}

/** Pushes a v128. */
export function pushVector(f: FunctionBuilder, e: VectorExpression, push: Push): void {
  switch (e.op) {
    case 'vectorUnary':
      push(e.a);
      f.simd(numberOf(UNARY[e.operator], e.lane));
      return;
    case 'vectorBinary':
      push(e.a);
      push(e.b);
      f.simd(numberOf(BINARY[e.operator], e.lane));
      return;
    case 'bitwise':
      push(e.a);
      push(e.b);
      f.simd(V128[e.operator]);
      return;
    case 'bitselect':
      push(e.a);
      push(e.b);
      push(e.mask);
      f.simd(V128.bitselect);
      return;
    case 'vectorShift':
      push(e.a);
      push(e.count);
      f.op(Op.i32WrapI64).simd(numberOf(SHIFT[e.operator], e.lane));
      return;
    case 'splat':
      push(e.a);
      asLane(f, e.lane);
      f.simd(numberOf(SPLAT, e.lane));
      return;
    case 'replaceLane':
      push(e.a);
      push(e.value);
      asLane(f, e.lane);
      f.simd(numberOf(REPLACE, e.lane), e.index);
      return;
    case 'shuffle':
      push(e.a);
      push(e.b);
      f.simd(V128.shuffle, ...e.bytes);
      return;
    case 'swizzle':
      push(e.a);
      push(e.b);
      f.simd(V128.swizzle);
  }
}

/** Pushes a clean i64 taken out of a vector. */
export function pushFromVector(f: FunctionBuilder, e: FromVector, push: Push): void {
  push(e.a);
  switch (e.op) {
    case 'extractLane':
      f.simd(numberOf(EXTRACT, e.width), e.index);
      if (e.width !== 64) f.op(Op.i64ExtendI32U);
      return;
    case 'bitmask':
      f.simd(numberOf(BITMASK, e.lane)).op(Op.i64ExtendI32U);
      return;
    case 'anyTrue':
      f.simd(V128.anyTrue).op(Op.i64ExtendI32U);
  }
}
