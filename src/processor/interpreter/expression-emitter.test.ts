import assert from 'node:assert/strict';
import type { BinaryOperator, Comparison, Expression, ValueWidth } from '../semantics/expression';
import { Op, ValueType } from '../wasm/encoding';
import { ModuleBuilder } from '../wasm/module-builder';
import { ExpressionEmitter } from './expression-emitter';
import type { Helpers } from './helpers';

/** Expressions as WebAssembly; `clean` values have zeros above their width, whatever came before. */

/** The functions of the module are not called by these expressions. */
const NO_HELPERS = {} as Helpers;

function run(expression: Expression): bigint {
  const module = new ModuleBuilder();
  const f = module.addFunction([ValueType.I32], [ValueType.I64]);
  new ExpressionEmitter(f, NO_HELPERS, 0).value(expression);
  f.op(Op.return);
  module.exportFunction('value', f);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), {
    env: { memory },
  });
  return BigInt.asUintN(64, (instance.exports['value'] as (record: number) => bigint)(0));
}

const constant = (width: ValueWidth, value: bigint): Expression => ({
  op: 'constant',
  width,
  value,
});
const binary = (operator: BinaryOperator, a: Expression, b: Expression): Expression => ({
  op: 'binary',
  width: a.width,
  operator,
  a,
  b,
});
const compare = (comparison: Comparison, a: Expression, b: Expression): Expression => ({
  op: 'compare',
  width: 1,
  comparison,
  a,
  b,
});

describe('binary operators within their width', () => {
  const cases: readonly (readonly [BinaryOperator, ValueWidth, bigint, bigint, bigint])[] = [
    ['add', 8, 0xffn, 2n, 1n],
    ['sub', 16, 1n, 2n, 0xffffn],
    ['mul', 32, 0xffffffffn, 2n, 0xfffffffen],
    ['and', 8, 0xf3n, 0x3fn, 0x33n],
    ['or', 8, 0xf0n, 0x0fn, 0xffn],
    ['xor', 64, 0xffffffffffffffffn, 1n, 0xfffffffffffffffen],
    ['shl', 8, 0x81n, 1n, 2n],
    ['shr', 8, 0x81n, 1n, 0x40n],
    ['sar', 8, 0x81n, 1n, 0xc0n],
    ['divU', 32, 0xfffffffen, 2n, 0x7fffffffn],
    ['remU', 32, 7n, 3n, 1n],
    ['divS', 32, 0xfffffff9n, 2n, 0xfffffffdn], // -7 / 2 = -3
    ['remS', 32, 0xfffffff9n, 2n, 0xffffffffn], // -7 % 2 = -1
  ];
  for (const [operator, width, a, b, expected] of cases) {
    it(`${operator} of ${String(width)} bits`, () => {
      assert.equal(run(binary(operator, constant(width, a), constant(width, b))), expected);
    });
  }

  it('dirty operands are cleaned where an operator looks at their high bits', () => {
    const dirty = binary('add', constant(8, 0xffn), constant(8, 0x11n)); // 0x110 in an i64
    assert.equal(run(binary('shr', dirty, constant(8, 1n))), 8n);
    assert.equal(run(binary('and', dirty, constant(8, 0xffn))), 0x10n);
    assert.equal(run(binary('shr', binary('and', dirty, dirty), constant(8, 1n))), 8n);
    assert.equal(run(binary('or', dirty, constant(8, 0n))), 0x10n);
    assert.equal(run(compare('eq', dirty, constant(8, 0x10n))), 1n);
  });
});

describe('comparisons', () => {
  const cases = [
    // comparison, 0x80 with 0x7f, 0x7f with 0x7f
    ['eq', 0n, 1n],
    ['ne', 1n, 0n],
    ['ltU', 0n, 0n],
    ['leU', 0n, 1n],
    ['ltS', 1n, 0n],
    ['leS', 1n, 1n],
  ] as const;
  for (const [comparison, differ, same] of cases) {
    it(`${comparison} of 8 bits`, () => {
      const [minus, plus] = [constant(8, 0x80n), constant(8, 0x7fn)];
      assert.equal(run(compare(comparison, minus, plus)), differ);
      assert.equal(run(compare(comparison, plus, plus)), same);
    });
  }
});

describe('conversions and choices', () => {
  const convert = (conversion: 'resize' | 'signExtend', width: ValueWidth, a: Expression): bigint =>
    run({ op: 'convert', width, conversion, a });

  it('extend by zeros or by the sign, and cut off', () => {
    assert.equal(convert('resize', 64, constant(8, 0x80n)), 0x80n);
    assert.equal(convert('signExtend', 64, constant(8, 0x80n)), 0xffffffffffffff80n);
    assert.equal(convert('signExtend', 32, constant(16, 0x8000n)), 0xffff8000n);
    assert.equal(convert('signExtend', 16, constant(1, 1n)), 0xffffn);
    assert.equal(convert('resize', 8, constant(32, 0x12345678n)), 0x78n);
  });

  it('choose by a condition', () => {
    const choice = (condition: bigint): bigint =>
      run({
        op: 'select',
        width: 32,
        condition: constant(1, condition),
        then: constant(32, 5n),
        otherwise: constant(32, 6n),
      });
    assert.deepEqual([choice(1n), choice(0n)], [5n, 6n]);
  });
});
