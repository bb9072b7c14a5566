import { Raised } from '../../reasons/arithmetic';
import type { AbstractMachine } from '../abstract-machine';
import { instruction } from '../instruction';
import { divideSigned64, divideUnsigned64 } from '../../system/divide';
import { Value } from '../value';

/** SDM 2: MUL, IMUL, DIV, IDIV. SF, ZF, AF and PF after a multiplication are undefined: set from the low half. */

function setProductFlags(m: AbstractMachine, low: Value, lost: Value): void {
  const carry = m.let(lost);
  m.flags.ofResult(low);
  m.flags.setCarries(carry, carry, Value.constant(1, 0));
}

function writePair(m: AbstractMachine, high: Value, low: Value): void {
  if (low.width === 8) {
    m.register(0, 16).write(high.resize(16).shl(8).or(low.resize(16)));
  } else {
    m.register(0, low.width as 16).write(low);
    m.register(2, low.width as 16).write(high);
  }
}

instruction('MUL', (m) => {
  const source = m.operand(0);
  const { width } = source;
  const b = source.read();
  const a = m.register(0, width).read();
  const { low, high } = product(m, a, b, false);
  writePair(m, high, low);
  setProductFlags(m, low, high.ne(0));
});

instruction('IMUL', (m) => {
  if (m.form.operands.length === 1) {
    const source = m.operand(0);
    const b = source.read();
    const a = m.register(0, source.width).read();
    const { low, high } = product(m, a, b, true);
    writePair(m, high, low);
    setProductFlags(m, low, high.ne(low.sar(low.width - 1)));
    return;
  }
  const target = m.operand(0);
  const a = m.operand(m.form.operands.length - 2).read();
  const b = m.operand(m.form.operands.length - 1).read();
  const { low, high } = product(m, a, b, true);
  target.write(low);
  setProductFlags(m, low, high.ne(low.sar(low.width - 1)));
});

function product(
  m: AbstractMachine,
  a: Value,
  b: Value,
  signed: boolean,
): { low: Value; high: Value } {
  const width = a.width;
  if (width === 64) {
    const low = m.let(a.mul(b));
    return { low, high: m.let(signed ? a.mulHighS(b) : a.mulHighU(b)) };
  }
  const extend = (v: Value): Value => (signed ? v.signExtend(64) : v.resize(64));
  const whole = m.let(extend(a).mul(extend(b)));
  return { low: m.let(whole.resize(width)), high: m.let(whole.shr(width).resize(width)) };
}

/** The dividend of a division by an 8-, 16- or 32-bit value, zero-extended to 64 bits. */
function dividend(m: AbstractMachine, width: 8 | 16 | 32): Value {
  if (width === 8) return m.register(0, 16).read().resize(64);
  const low = m.register(0, width).read().resize(64);
  return m.let(m.register(2, width).read().resize(64).shl(width).or(low));
}

instruction('DIV', (m) => {
  const source = m.operand(0);
  const { width } = source;
  if (width === 64) {
    m.slow(divideUnsigned64);
    return;
  }
  const divisor = m.let(source.read().resize(64));
  const whole = dividend(m, width);
  m.if(divisor.eq(0), () => {
    m.raise(Raised.DIVIDE_BY_ZERO);
  });
  const quotient = m.let(whole.divU(divisor));
  m.if(quotient.shr(width).ne(0), () => {
    m.raise(Raised.QUOTIENT);
  });
  writePair(m, m.let(whole.remU(divisor).resize(width)), m.let(quotient.resize(width)));
});

instruction('IDIV', (m) => {
  const source = m.operand(0);
  const { width } = source;
  if (width === 64) {
    m.slow(divideSigned64);
    return;
  }
  const divisor = m.let(source.read().signExtend(64));
  const whole =
    width === 32
      ? dividend(m, 32)
      : m.let(
          dividend(m, width)
            .resize(width === 8 ? 16 : 32)
            .signExtend(64),
        );
  m.if(divisor.eq(0), () => {
    m.raise(Raised.DIVIDE_BY_ZERO);
  });
  if (width === 32) {
    const smallest = 1n << 63n;
    m.if(whole.eq(smallest).and(divisor.eq(-1)), () => {
      m.raise(Raised.QUOTIENT);
    });
  }
  const quotient = m.let(whole.divS(divisor));
  m.if(quotient.ne(quotient.resize(width).signExtend(64)), () => {
    m.raise(Raised.QUOTIENT);
  });
  writePair(m, m.let(whole.remS(divisor).resize(width)), m.let(quotient.resize(width)));
});
