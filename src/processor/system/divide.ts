import { Fault } from '../faults';
import { RAISED, Raised, type RaisedNumber } from '../reasons/arithmetic';
import type { SlowPath } from '../semantics/slow-path';

/** DIV and IDIV with a 128-bit dividend (SDM 2A). */

const MASK = (1n << 64n) - 1n;

/** The fault that trees raise by this number. */
export function raised(number: RaisedNumber): Fault {
  const { vector, reason, errorCode } = RAISED[number];
  return new Fault(vector, reason, errorCode);
}

export const divideUnsigned64: SlowPath = (cpu) => {
  const { state } = cpu;
  const divisor = cpu.readOperand(0, 8);
  const dividend = (state.gpr(2) << 64n) | state.gpr(0);
  if (divisor === 0n) throw raised(Raised.DIVIDE_BY_ZERO);
  if (dividend / divisor > MASK) throw raised(Raised.QUOTIENT);
  state.setGpr(0, dividend / divisor);
  state.setGpr(2, dividend % divisor);
  return 'continue';
};

export const divideSigned64: SlowPath = (cpu) => {
  const { state } = cpu;
  const divisor = BigInt.asIntN(64, cpu.readOperand(0, 8));
  const dividend = BigInt.asIntN(128, (state.gpr(2) << 64n) | state.gpr(0));
  if (divisor === 0n) throw raised(Raised.DIVIDE_BY_ZERO);
  const quotient = dividend / divisor;
  if (quotient !== BigInt.asIntN(64, quotient)) throw raised(Raised.QUOTIENT);
  state.setGpr(0, quotient & MASK);
  state.setGpr(2, (dividend % divisor) & MASK);
  return 'continue';
};
