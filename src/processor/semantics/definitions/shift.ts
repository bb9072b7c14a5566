import type { AbstractMachine } from '../abstract-machine';
import { instruction } from '../instruction';
import { Value } from '../value';

/** SDM 2: SAL/SHL, SHR, SAR, SHLD, SHRD. A count of zero changes no flag. */

/** The count operand, masked to 5 bits (6 with 64-bit operands), 64 bits wide. */
export function maskedCount(m: AbstractMachine, index: number, width: number): Value {
  const operand = m.form.operands[index];
  const raw = operand?.kind === 'register' ? m.register(1, 8).read() : m.immediate(8);
  return m.let(raw.and(width === 64 ? 63 : 31).resize(64));
}

/** Result and the bit shifted out last, for a count that is not zero. All values are 64 bits wide. */
interface Shifted {
  readonly result: Value;
  readonly carry: Value;
  readonly overflow: Value;
}

function shift(mnemonics: string[], compute: (a: Value, count: Value) => Shifted): void {
  instruction(mnemonics, (m) => {
    const target = m.operand(0);
    const { width } = target;
    const count = maskedCount(m, 1, width);
    const a = target.readForUpdate();
    const shifted = compute(a, count);
    const result = m.let(count.eq(0).select(a, shifted.result.resize(width)));
    target.write(result);
    m.if(count.ne(0), () => {
      const carry = m.let(shifted.carry);
      const overflow = m.let(shifted.overflow);
      m.flags.ofResult(result);
      m.flags.setCarries(carry, overflow, Value.constant(1, 0));
    });
  });
}

/** SAL is an alias of SHL with an encoding of its own. */
shift(['SHL', 'SAL'], (a, count) => {
  const width = a.width;
  const wide = a.resize(64);
  const result = wide.shl(count);
  // Bit (width - count) of the operand; beyond the width nothing but zeros is shifted out.
  const carry =
    width === 64 ? wide.shr(count.sub(1).xor(63)).resize(1) : wide.shl(count).shr(width).resize(1);
  return { result, carry, overflow: result.bit(width - 1).xor(carry) };
});

shift(['SHR'], (a, count) => {
  const wide = a.resize(64);
  return {
    result: wide.shr(count),
    carry: wide.shr(count.sub(1)).resize(1),
    overflow: a.sign(),
  };
});

shift(['SAR'], (a, count) => {
  const wide = a.signExtend(64);
  return {
    result: wide.sar(count),
    carry: wide.sar(count.sub(1)).resize(1),
    overflow: Value.constant(1, 0),
  };
});

/** Double-precision shifts. With 16-bit operands a count above 16 is undefined: both are rotated in. */
function doubleShift(
  mnemonic: string,
  compute: (a: Value, b: Value, count: Value, width: number) => { result: Value; carry: Value },
): void {
  instruction(mnemonic, (m) => {
    const target = m.operand(0);
    const { width } = target;
    const count = maskedCount(m, 2, width);
    const a = target.readForUpdate();
    const b = m.operand(1).read();
    const shifted = compute(a.resize(64), b.resize(64), count, width);
    const result = m.let(count.eq(0).select(a, shifted.result.resize(width)));
    target.write(result);
    m.if(count.ne(0), () => {
      const carry = m.let(shifted.carry);
      m.flags.ofResult(result);
      m.flags.setCarries(carry, result.sign().xor(a.sign()), Value.constant(1, 0));
    });
  });
}

doubleShift('SHLD', (a, b, count, width) => {
  if (width === 64) {
    const result = a.shl(count).or(b.shr(1).shr(count.xor(63)));
    return { result, carry: a.shr(count.sub(1).xor(63)).resize(1) };
  }
  if (width === 32) {
    const wide = a.shl(32).or(b).shl(count);
    return { result: wide.shr(32), carry: a.shl(count).bit(32) };
  }
  const wide = a.shl(32).or(b.shl(16)).or(a).shl(count);
  return { result: wide.shr(32), carry: wide.bit(48) };
});

doubleShift('SHRD', (a, b, count, width) => {
  if (width === 64) {
    const result = a.shr(count).or(b.shl(1).shl(count.xor(63)));
    return { result, carry: a.shr(count.sub(1)).resize(1) };
  }
  const wide = width === 32 ? b.shl(32).or(a) : a.shl(32).or(b.shl(16)).or(a);
  return { result: wide.shr(count), carry: wide.shr(count.sub(1)).resize(1) };
});
