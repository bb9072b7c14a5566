import { WideRflags } from '../../isa/registers/flags';
import { Vector } from '../../isa/exceptions';
import { Fault, undefinedOpcode } from '../faults';
import { outOfBounds } from '../reasons/arithmetic';
import { meantToBeUndefined, notInRealMode, onlyInManagementMode } from '../reasons/instructions';
import type { SlowPath } from '../semantics/slow-path';

/** HLT, PAUSE, UD0 to UD2, INVD, WBINVD, WBNOINVD (SDM 2). */

export const halt: SlowPath = (cpu) => {
  cpu.requirePrivilege(0);
  if (cpu.guestMode.hlt()) return 'left';
  cpu.state.activity = 'hlt';
  return undefined;
};

export const pause: SlowPath = (cpu) => {
  if (cpu.guestMode.pause()) return 'left';
  cpu.bus.pause?.();
  return 'continue';
};

export const undefinedInstruction: SlowPath = () => {
  throw undefinedOpcode(meantToBeUndefined());
};

/** There is no system-management mode to come back from. */
export const resumeFromManagement: SlowPath = (cpu) => {
  if (cpu.guestMode.rsm()) return 'left';
  throw undefinedOpcode(onlyInManagementMode());
};

/** The simulated computer has no caches of its own: there is nothing to write back. */
export const writeBackCaches: SlowPath = (cpu) => {
  cpu.requirePrivilege(0);
  if (cpu.guestMode.wbinvd()) return 'left';
  return 'continue';
};

export const invalidateCaches: SlowPath = (cpu) => {
  cpu.requirePrivilege(0);
  if (cpu.guestMode.invd()) return 'left';
  return 'continue';
};

/** BOUND: #BR when the index lies outside (SDM 2A). Signed comparison. */
export const checkBounds: SlowPath = (cpu) => {
  const bytes = cpu.instruction.operandSize;
  const bits = 8 * bytes;
  const index = BigInt.asIntN(bits, cpu.readOperand(0, bytes));
  const segment = cpu.operandSegment();
  const at = cpu.effectiveAddress();
  const lower = BigInt.asIntN(bits, cpu.load(segment, at, bytes));
  const upper = BigInt.asIntN(bits, cpu.load(segment, at + BigInt(bytes), bytes));
  if (index < lower || index > upper) {
    throw new Fault(Vector.BR, outOfBounds(index, lower, upper));
  }
  return 'continue';
};

/** ARPL raises the RPL of a selector to that of another (SDM 2A). */
export const adjustRpl: SlowPath = (cpu) => {
  const { realStyleSegments, virtual8086 } = cpu.state;
  if (realStyleSegments) throw undefinedOpcode(notInRealMode(virtual8086));
  const target = Number(cpu.readOperand(0, 2));
  const rpl = Number(cpu.readOperand(1, 2)) & 3;
  const raise = (target & 3) < rpl;
  if (raise) cpu.writeOperand(0, 2, BigInt((target & ~3) | rpl));
  const { rflags } = cpu.state;
  cpu.state.rflags = raise ? rflags | WideRflags.ZF : rflags & ~WideRflags.ZF;
  return 'continue';
};
