import assert from 'node:assert/strict';
import { evaluate, type Environment } from '../reference/evaluate';
import type { Expression } from '../semantics/expression';
import { Value } from '../semantics/value';
import { Vector } from '../semantics/vector';
import { Op, ValueType } from '../wasm/encoding';
import { ModuleBuilder } from '../wasm/module-builder';
import { BINARY, SHIFT, UNARY, V128, type LaneWidth } from '../wasm/simd';
import { ExpressionEmitter } from './expression-emitter';
import type { Helpers } from './helpers';

/** Each operator on vectors gives in WebAssembly what the reference evaluator says that it means. */

const NO_HELPERS = {} as Helpers;
const NOTHING: Environment = {
  local: () => 0n,
  field: () => 0n,
  nextRip: () => 0n,
  effectiveAddress: () => 0n,
};

/** The two halves of a vector; of a narrower value the lower one. */
function run(expression: Expression): bigint {
  const module = new ModuleBuilder();
  const f = module.addFunction([ValueType.I32], []);
  const emitter = new ExpressionEmitter(f, NO_HELPERS, 0);
  f.i32(0);
  emitter.value(expression);
  if (expression.width === 128) f.vectorMemory(V128.store, 0);
  else f.memory(Op.i64Store, 0);
  module.exportFunction('value', f);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), {
    env: { memory },
  });
  (instance.exports['value'] as (record: number) => void)(0);
  const view = new DataView(memory.buffer);
  return view.getBigUint64(0, true) | (view.getBigUint64(8, true) << 64n);
}

function agree(expression: Expression): void {
  assert.equal(run(expression), evaluate(expression, NOTHING));
}

/** Lanes of every sign, with the least and the greatest of each width. */
const VECTORS = [
  0x7fff_8000_ffff_0001_8000_0000_7fff_ffffn,
  0x00ff_0180_7f80_fe01_ffff_ffff_0000_0001n,
  0x8000_0000_0000_0000_7fff_ffff_ffff_ffffn,
  0x0123_4567_89ab_cdef_fedc_ba98_7654_3210n,
].map((value) => Vector.constant(value).expression);
/** Ordinary floating-point numbers, also as two doubles. */
const FLOATS = [
  0x4049_0fdb_bf80_0000_3fc0_0000_4200_0001n,
  0x3ff8_0000_0000_0001_c005_bf0a_8b14_5769n,
].map((value) => Vector.constant(value).expression);

const laneWidths = (byLane: Partial<Record<LaneWidth, number>>): LaneWidth[] =>
  Object.keys(byLane).map((lane) => Number(lane) as LaneWidth);

describe('operators on vectors', () => {
  for (const [operator, byLane] of Object.entries(UNARY)) {
    it(`${operator} of lanes of ${laneWidths(byLane).join(', ')} bits`, () => {
      for (const lane of laneWidths(byLane)) {
        for (const a of VECTORS) {
          const name = operator as keyof typeof UNARY;
          agree({ op: 'vectorUnary', width: 128, operator: name, lane, a });
        }
      }
    });
  }

  for (const [operator, byLane] of Object.entries(BINARY)) {
    it(`${operator} of lanes of ${laneWidths(byLane).join(', ')} bits`, () => {
      // Which NaN comes out is not told: floating point is compared on ordinary numbers.
      const operands = operator.endsWith('F') ? FLOATS : VECTORS;
      for (const lane of laneWidths(byLane)) {
        for (const a of operands) {
          for (const b of operands) {
            const name = operator as keyof typeof BINARY;
            agree({ op: 'vectorBinary', width: 128, operator: name, lane, a, b });
          }
        }
      }
    });
  }

  for (const [operator, byLane] of Object.entries(SHIFT)) {
    it(`${operator} by counts below the width`, () => {
      for (const lane of laneWidths(byLane)) {
        for (const n of [0, 1, lane - 1]) {
          for (const a of VECTORS) {
            const count = Value.constant(64, n).expression;
            const name = operator as keyof typeof SHIFT;
            agree({ op: 'vectorShift', width: 128, operator: name, lane, a, count });
          }
        }
      }
    });
  }

  it('bits, bytes and lanes', () => {
    const [a, b, c] = VECTORS.map((expression) => new Vector(expression));
    if (!a || !b || !c) throw new Error('three vectors');
    for (const v of [a.and(b), a.or(b), a.xor(b), a.andNot(b), a.not(), a.where(c, b)]) {
      agree(v.expression);
    }
    agree(a.shuffle([31, 0, 16, 15, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 30], b).expression);
    agree(a.swizzle(b).expression);
    for (const lane of [8, 16, 32, 64] as const) {
      const last = 128 / lane - 1;
      agree(a.extract(lane, last).expression);
      agree(a.bitmask(lane).expression);
      agree(a.replace(last, b.extract(lane, 0)).expression);
      agree(Vector.splat(a.extract(lane, last)).expression);
    }
    for (const v of [a, Vector.ZERO]) agree(v.any().expression);
    for (const n of [0, 1]) agree(Vector.select(Value.constant(1, n), a, b).expression);
  });
});
