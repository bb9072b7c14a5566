import { Vector } from '../../isa/exceptions';
import { Fault } from '../faults';
import type { SlowPath } from '../semantics/slow-path';

/** DIV and IDIV with a 128-bit dividend (SDM 2A). */

const MASK = (1n << 64n) - 1n;

export const divideUnsigned64: SlowPath = (cpu) => {
  const { state } = cpu;
  const divisor = cpu.readOperand(0, 8);
  const dividend = (state.gpr(2) << 64n) | state.gpr(0);
  if (divisor === 0n || dividend / divisor > MASK) throw new Fault(Vector.DE);
  state.setGpr(0, dividend / divisor);
  state.setGpr(2, dividend % divisor);
  return 'continue';
};

export const divideSigned64: SlowPath = (cpu) => {
  const { state } = cpu;
  const divisor = BigInt.asIntN(64, cpu.readOperand(0, 8));
  const dividend = BigInt.asIntN(128, (state.gpr(2) << 64n) | state.gpr(0));
  if (divisor === 0n) throw new Fault(Vector.DE);
  const quotient = dividend / divisor;
  if (quotient !== BigInt.asIntN(64, quotient)) throw new Fault(Vector.DE);
  state.setGpr(0, quotient & MASK);
  state.setGpr(2, (dividend % divisor) & MASK);
  return 'continue';
};
