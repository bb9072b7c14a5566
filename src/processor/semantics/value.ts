import type { BinaryOperator, Comparison, Expression, Unary, ValueWidth } from './expression';

/** An expression with the operations that definitions are written in. Both operands have one width. */
export class Value {
  constructor(readonly expression: Expression) {}

  static constant(width: ValueWidth, value: bigint | number): Value {
    return new Value({ op: 'constant', width, value: BigInt.asUintN(width, BigInt(value)) });
  }

  get width(): ValueWidth {
    return this.expression.width;
  }

  add = (b: Value | number): Value => this.binary('add', b);
  sub = (b: Value | number): Value => this.binary('sub', b);
  mul = (b: Value | number): Value => this.binary('mul', b);
  and = (b: Value | number | bigint): Value => this.binary('and', b);
  or = (b: Value | number | bigint): Value => this.binary('or', b);
  xor = (b: Value | number | bigint): Value => this.binary('xor', b);
  shl = (b: Value | number): Value => this.binary('shl', b);
  shr = (b: Value | number): Value => this.binary('shr', b);
  sar = (b: Value | number): Value => this.binary('sar', b);
  divU = (b: Value): Value => this.binary('divU', b);
  divS = (b: Value): Value => this.binary('divS', b);
  remU = (b: Value): Value => this.binary('remU', b);
  remS = (b: Value): Value => this.binary('remS', b);
  mulHighU = (b: Value): Value => this.binary('mulHighU', b);
  mulHighS = (b: Value): Value => this.binary('mulHighS', b);

  eq = (b: Value | number | bigint): Value => this.compare('eq', b);
  ne = (b: Value | number | bigint): Value => this.compare('ne', b);
  ltU = (b: Value | number): Value => this.compare('ltU', b);
  leU = (b: Value | number): Value => this.compare('leU', b);
  ltS = (b: Value | number): Value => this.compare('ltS', b);
  leS = (b: Value | number): Value => this.compare('leS', b);

  /** Zero-extended or truncated to `width` bits. */
  resize(width: ValueWidth): Value {
    if (width === this.width) return this;
    return new Value({ op: 'convert', width, conversion: 'resize', a: this.expression });
  }

  /** Sign-extended to `width` bits, or truncated. */
  signExtend(width: ValueWidth): Value {
    if (width === this.width) return this;
    const conversion = width < this.width ? 'resize' : 'signExtend';
    return new Value({ op: 'convert', width, conversion, a: this.expression });
  }

  not = (): Value => this.xor(Value.constant(this.width, -1));
  negate = (): Value => Value.constant(this.width, 0).sub(this);

  /** Bit `n` as a condition. */
  bit = (n: number | Value): Value => this.shr(n).resize(1);

  /** The sign bit as a condition. */
  sign = (): Value => this.bit(this.width - 1);

  clz = (): Value => this.unary('clz');
  ctz = (): Value => this.unary('ctz');
  popcount = (): Value => this.unary('popcount');

  /** `this` is a condition: `then` when it holds, `otherwise` when not. */
  select(then: Value, otherwise: Value): Value {
    return new Value({
      op: 'select',
      width: then.width,
      condition: this.expression,
      then: then.expression,
      otherwise: otherwise.expression,
    });
  }

  private lift(b: Value | number | bigint): Value {
    const value = b instanceof Value ? b : Value.constant(this.width, b);
    if (value.width !== this.width) {
      throw new Error(`operands of ${String(this.width)} and ${String(value.width)} bits`);
    }
    return value;
  }

  private binary(operator: BinaryOperator, b: Value | number | bigint): Value {
    const other = this.lift(b).expression;
    return new Value({ op: 'binary', width: this.width, operator, a: this.expression, b: other });
  }

  private compare(comparison: Comparison, b: Value | number | bigint): Value {
    const other = this.lift(b).expression;
    return new Value({ op: 'compare', width: 1, comparison, a: this.expression, b: other });
  }

  private unary(operator: Unary): Value {
    return new Value({ op: 'unary', width: this.width, operator, a: this.expression });
  }
}
