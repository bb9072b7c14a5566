import { Vector } from '../../isa/exceptions';
import { WideCr0 } from '../../isa/registers/control';
import type { InstructionContext } from '../execution/instruction-context';
import { Fault, NotImplemented } from '../faults';
import { floatingPointError } from '../reasons/floating-point';
import { fpuEmulated, taskSwitched } from '../reasons/instructions';
import { RegisterStack } from './register-stack';

/** What may keep an x87 instruction from being executed (SDM 3A 2.5, 6.15 #NM, #MF; SDM 1 8.6, 8.7). */

/** @throws Fault #NM where there is no unit to be used, or it holds the state of another task */
export function requireUnit({ state }: InstructionContext): void {
  if (state.cr0 & WideCr0.EM) throw new Fault(Vector.NM, fpuEmulated());
  if (state.cr0 & WideCr0.TS) throw new Fault(Vector.NM, taskSwitched());
}

/**
 * Before an instruction that waits: an exception of one before it that is not masked. With CR0.NE = 0 the
 * outside is told, and unless it says that the error is to be ignored the instruction waits for an interrupt: it is
 * begun again until there is one.
 *
 * @returns whether the instruction has to wait
 * @throws Fault #MF with CR0.NE = 1
 */
export function waitsForError(cpu: InstructionContext): boolean {
  const stack = new RegisterStack(cpu.state);
  if (!stack.pending) {
    if (!(cpu.state.cr0 & WideCr0.NE)) cpu.bus.ferr?.(false);
    return false;
  }
  if (cpu.state.cr0 & WideCr0.NE) {
    throw new Fault(Vector.MF, floatingPointError(stack.status & ~stack.control));
  }
  cpu.guestMode.ferrFreeze();
  if (!cpu.bus.ferr) throw new NotImplemented('FERR# (CR0.NE = 0)');
  if (cpu.bus.ferr(true)) return false;
  cpu.nextRip = cpu.state.rip;
  return true;
}
