import { Rec, State } from '../state/layout';
import type { BinaryOperator, Comparison, Expression, ValueWidth } from '../semantics/expression';
import { Op, ValueType } from '../wasm/encoding';
import type { FunctionBuilder } from '../wasm/function-builder';
import type { Helpers } from './helpers';
import { pushFromVector, pushVector } from './vector-emitter';

const BINARY: Partial<Record<BinaryOperator, number>> = {
  add: Op.i64Add,
  sub: Op.i64Sub,
  mul: Op.i64Mul,
  and: Op.i64And,
  or: Op.i64Or,
  xor: Op.i64Xor,
  shl: Op.i64Shl,
  shr: Op.i64ShrU,
  sar: Op.i64ShrS,
  divU: Op.i64DivU,
  divS: Op.i64DivS,
  remU: Op.i64RemU,
  remS: Op.i64RemS,
};

const COMPARE: Record<Comparison, number> = {
  eq: Op.i64Eq,
  ne: Op.i64Ne,
  ltU: Op.i64LtU,
  leU: Op.i64LeU,
  ltS: Op.i64LtS,
  leS: Op.i64LeS,
};

/**
 * Writes expressions as WebAssembly. Every value but a vector is carried in an i64. A value is *clean* when
 * the bits above its width are zero; operations that do not look at high bits leave them dirty, and they
 * are cleaned only where somebody looks.
 */
export class ExpressionEmitter {
  private readonly locals = new Map<number, number>();

  constructor(
    private readonly f: FunctionBuilder,
    private readonly helpers: Helpers,
    private readonly record: number,
  ) {}

  /** The WebAssembly local of a bound value. Locals always hold clean values. */
  localFor(id: number, width: ValueWidth = 64): number {
    let local = this.locals.get(id);
    if (local === undefined) {
      local = this.f.local(width === 128 ? ValueType.V128 : ValueType.I64);
      this.locals.set(id, local);
    }
    return local;
  }

  /** Pushes a clean i64. */
  value(e: Expression): void {
    if (!this.push(e)) this.clean(e.width);
  }

  /** Pushes an i64 whose bits above the width may be anything. */
  anyValue(e: Expression): void {
    this.push(e);
  }

  /** Pushes an i32 that is not zero when the condition holds. */
  condition(e: Expression): void {
    if (e.op === 'compare') {
      this.comparison(e.comparison, e.a, e.b);
    } else {
      this.value(e);
      this.f.op(Op.i32WrapI64);
    }
  }

  /** Pushes the value; tells whether it is clean. */
  private push(e: Expression): boolean {
    const { f } = this;
    switch (e.op) {
      case 'constant':
        if (e.width === 128) f.v128(e.value);
        else f.i64(e.value);
        return true;
      case 'local':
        f.get(this.localFor(e.id, e.width));
        return true;
      case 'field':
        f.get(this.record).memory(Op.i64Load, FIELDS[e.field]);
        return true;
      case 'nextRip':
        f.i32(0).memory(Op.i64Load, State.RIP_BASE);
        f.get(this.record).memory(Op.i64Load16U, Rec.OFFSET).op(Op.i64Add);
        f.get(this.record).memory(Op.i64Load8U, Rec.LENGTH).op(Op.i64Add);
        return true;
      case 'effectiveAddress':
        this.effectiveAddress();
        return true;
      case 'binary':
        return this.binary(e.operator, e.a, e.b, e.width);
      case 'compare':
        this.comparison(e.comparison, e.a, e.b);
        f.op(Op.i64ExtendI32U);
        return true;
      case 'convert':
        return e.conversion === 'signExtend'
          ? this.signExtend(e.a, e.width)
          : this.resize(e.a, e.width);
      case 'unary':
        this.value(e.a);
        f.op({ clz: Op.i64Clz, ctz: Op.i64Ctz, popcount: Op.i64Popcnt }[e.operator]);
        return true;
      case 'select':
        this.value(e.then);
        this.value(e.otherwise);
        this.condition(e.condition);
        f.op(Op.select);
        return true;
      case 'extractLane':
      case 'bitmask':
      case 'anyTrue':
        pushFromVector(f, e, (part) => {
          this.value(part);
        });
        return true;
      default:
        pushVector(f, e, (part) => {
          this.value(part);
        });
        return true;
    }
  }

  private effectiveAddress(): void {
    const { f, record } = this;
    f.get(record).memory(Op.i32Load16U, Rec.BASE).memory(Op.i64Load, 0);
    f.get(record).memory(Op.i32Load16U, Rec.INDEX).memory(Op.i64Load, 0);
    f.get(record).memory(Op.i64Load8U, Rec.SCALE).op(Op.i64Shl, Op.i64Add);
    f.get(record).memory(Op.i64Load, Rec.DISPLACEMENT).op(Op.i64Add);
    f.get(record).memory(Op.i64Load, Rec.ADDRESS_MASK).op(Op.i64And);
  }

  private binary(
    operator: BinaryOperator,
    a: Expression,
    b: Expression,
    width: ValueWidth,
  ): boolean {
    const { f } = this;
    switch (operator) {
      case 'add':
      case 'sub':
      case 'mul':
        this.push(a);
        this.push(b);
        f.op(BINARY[operator] ?? Op.unreachable);
        return width === 64;
      case 'shl':
        this.push(a);
        this.value(b);
        f.op(Op.i64Shl);
        return width === 64;
      case 'sar':
        this.signExtend(a, 64);
        this.value(b);
        f.op(Op.i64ShrS);
        return width === 64;
      case 'and':
      case 'or':
      case 'xor': {
        const cleanA = this.push(a);
        const cleanB = this.push(b);
        f.op(BINARY[operator] ?? Op.unreachable);
        return operator === 'and' ? cleanA || cleanB : cleanA && cleanB;
      }
      case 'divS':
      case 'remS':
        this.signExtend(a, 64);
        this.signExtend(b, 64);
        f.op(BINARY[operator] ?? Op.unreachable);
        return width === 64;
      case 'mulHighU':
      case 'mulHighS':
        this.value(a);
        this.value(b);
        f.call(operator === 'mulHighU' ? this.helpers.mulHighU : this.helpers.mulHighS);
        return true;
      default:
        this.value(a);
        this.value(b);
        f.op(BINARY[operator] ?? Op.unreachable);
        return true;
    }
  }

  private comparison(comparison: Comparison, a: Expression, b: Expression): void {
    const signed = comparison === 'ltS' || comparison === 'leS';
    for (const side of [a, b]) {
      if (signed) this.signExtend(side, 64);
      else this.value(side);
    }
    this.f.op(COMPARE[comparison]);
  }

  /** Pushes `a` sign-extended to 64 bits; clean when 64 bits were asked for. */
  private signExtend(a: Expression, width: ValueWidth): boolean {
    this.push(a);
    const { f } = this;
    if (a.width === 8) f.op(Op.i64Extend8S);
    else if (a.width === 16) f.op(Op.i64Extend16S);
    else if (a.width === 32) f.op(Op.i64Extend32S);
    else if (a.width === 1) f.i64(63n).op(Op.i64Shl).i64(63n).op(Op.i64ShrS);
    return width === 64;
  }

  private resize(a: Expression, width: ValueWidth): boolean {
    const clean = this.push(a);
    if (width < a.width) return false;
    if (!clean) this.clean(a.width);
    return true;
  }

  private clean(width: ValueWidth): void {
    if (width === 64) return;
    this.f.i64((1n << BigInt(width)) - 1n).op(Op.i64And);
  }
}

const FIELDS = {
  immediate: Rec.IMMEDIATE,
  target: Rec.TARGET,
  addressMask: Rec.ADDRESS_MASK,
} as const;
