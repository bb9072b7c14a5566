import { evaluateFromVector, evaluateVector } from './vectors';
import type { BinaryOperator, Comparison, Expression, ValueWidth } from '../semantics/expression';

/** What expressions may look at while one instruction is evaluated. */
export interface Environment {
  local(id: number): bigint;
  field(name: 'immediate' | 'target' | 'addressMask'): bigint;
  nextRip(): bigint;
  effectiveAddress(): bigint;
}

const unsigned = (width: ValueWidth, value: bigint): bigint => BigInt.asUintN(width, value);
const signed = (width: ValueWidth, value: bigint): bigint => BigInt.asIntN(width, value);

/** The value of an expression, by the plain meaning of its operators: the oracle of the other readings. */
export function evaluate(e: Expression, env: Environment): bigint {
  switch (e.op) {
    case 'constant':
      return e.value;
    case 'local':
      return env.local(e.id);
    case 'field':
      return unsigned(64, env.field(e.field));
    case 'nextRip':
      return unsigned(64, env.nextRip());
    case 'effectiveAddress':
      return unsigned(64, env.effectiveAddress());
    case 'binary':
      return unsigned(e.width, binary(e.operator, e.width, evaluate(e.a, env), evaluate(e.b, env)));
    case 'compare':
      return compare(e.comparison, e.a.width, evaluate(e.a, env), evaluate(e.b, env)) ? 1n : 0n;
    case 'convert': {
      const a = evaluate(e.a, env);
      return unsigned(e.width, e.conversion === 'signExtend' ? signed(e.a.width, a) : a);
    }
    case 'unary':
      return unary(e.operator, e.width, evaluate(e.a, env));
    case 'select':
      return evaluate(evaluate(e.condition, env) !== 0n ? e.then : e.otherwise, env);
    case 'extractLane':
    case 'bitmask':
    case 'anyTrue':
      return evaluateFromVector(e, (part) => evaluate(part, env));
    default:
      return evaluateVector(e, (part) => evaluate(part, env));
  }
}

function binary(operator: BinaryOperator, width: ValueWidth, a: bigint, b: bigint): bigint {
  switch (operator) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      return a << (b & 63n);
    case 'shr':
      return a >> (b & 63n);
    case 'sar':
      return signed(width, a) >> (b & 63n);
    case 'divU':
      return a / b;
    case 'remU':
      return a % b;
    case 'divS':
      return signed(width, a) / signed(width, b);
    case 'remS':
      return signed(width, a) % signed(width, b);
    case 'mulHighU':
      return (a * b) >> 64n;
    case 'mulHighS':
      return (signed(64, a) * signed(64, b)) >> 64n;
  }
}

function compare(comparison: Comparison, width: ValueWidth, a: bigint, b: bigint): boolean {
  switch (comparison) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'ltU':
      return a < b;
    case 'leU':
      return a <= b;
    case 'ltS':
      return signed(width, a) < signed(width, b);
    case 'leS':
      return signed(width, a) <= signed(width, b);
  }
}

function unary(operator: 'clz' | 'ctz' | 'popcount', width: ValueWidth, a: bigint): bigint {
  const bits = a.toString(2).padStart(width, '0');
  switch (operator) {
    case 'clz':
      return BigInt(a === 0n ? width : bits.indexOf('1'));
    case 'ctz':
      return BigInt(a === 0n ? width : width - 1 - bits.lastIndexOf('1'));
    case 'popcount':
      return BigInt(bits.replaceAll('0', '').length);
  }
}
