import type { AbstractMachine } from '../abstract-machine';
import { instruction } from '../instruction';
import { Value } from '../value';
import { maskedCount } from './shift';

/** SDM 2: ROL, ROR, RCL, RCR. SF, ZF, AF and PF are left alone. */

function setCarryAndOverflow(m: AbstractMachine, carry: Value, overflow: Value): void {
  const cf = m.let(carry);
  const of = m.let(overflow);
  m.flags.setCarries(cf, of, m.let(m.flags.af()));
}

instruction('ROL', (m) => {
  const target = m.operand(0);
  const { width } = target;
  const count = maskedCount(m, 1, width);
  const a = target.readForUpdate();
  const result = m.let(rotateLeft(a, count, width));
  target.write(result);
  m.if(count.ne(0), () => {
    const carry = m.let(result.bit(0));
    setCarryAndOverflow(m, carry, carry.xor(result.sign()));
  });
});

instruction('ROR', (m) => {
  const target = m.operand(0);
  const { width } = target;
  const count = maskedCount(m, 1, width);
  const a = target.readForUpdate();
  const result = m.let(rotateLeft(a, Value.constant(64, 0).sub(count), width));
  target.write(result);
  m.if(count.ne(0), () => {
    setCarryAndOverflow(m, result.sign(), result.sign().xor(result.bit(width - 2)));
  });
});

function rotateLeft(a: Value, count: Value, width: number): Value {
  const wide = a.resize(64);
  const left = count.and(width - 1);
  const right = Value.constant(64, 0)
    .sub(left)
    .and(width - 1);
  return wide.shl(left).or(wide.shr(right)).resize(a.width);
}

instruction('RCL', (m) => {
  const target = m.operand(0);
  const { width } = target;
  const { masked, count } = throughCarryCount(m, width);
  const a = target.readForUpdate();
  const wide = a.resize(64);
  const cf = m.let(m.flags.cf());
  const rotated = wide
    .shl(count)
    .or(cf.resize(64).shl(count.sub(1).and(63)))
    .or(wide.shr(Value.constant(64, width).sub(count).and(63)).shr(1));
  const result = m.let(count.eq(0).select(a, rotated.resize(a.width)));
  target.write(result);
  m.if(masked.ne(0), () => {
    const out = wide.shr(Value.constant(64, width).sub(count).and(63)).resize(1);
    const carry = m.let(count.eq(0).select(cf, out));
    setCarryAndOverflow(m, carry, carry.xor(result.sign()));
  });
});

instruction('RCR', (m) => {
  const target = m.operand(0);
  const { width } = target;
  const { masked, count } = throughCarryCount(m, width);
  const a = target.readForUpdate();
  const wide = a.resize(64);
  const cf = m.let(m.flags.cf());
  const complement = m.let(Value.constant(64, width).sub(count).and(63));
  const rotated = wide.shr(count).or(cf.resize(64).shl(complement)).or(wide.shl(complement).shl(1));
  const result = m.let(count.eq(0).select(a, rotated.resize(a.width)));
  target.write(result);
  m.if(masked.ne(0), () => {
    const out = wide.shr(count.sub(1).and(63)).resize(1);
    const carry = m.let(count.eq(0).select(cf, out));
    setCarryAndOverflow(m, carry, result.sign().xor(result.bit(width - 2)));
  });
});

/**
 * Rotating width + 1 bits: 8- and 16-bit counts are taken modulo 9 and 17 after the masking. A masked
 * count that comes to 0 only by that still computes OF, as processors do.
 */
function throughCarryCount(m: AbstractMachine, width: number): { masked: Value; count: Value } {
  const masked = maskedCount(m, 1, width);
  if (width >= 32) return { masked, count: masked };
  return { masked, count: m.let(masked.remU(Value.constant(64, width + 1))) };
}
