import { emulateInstruction } from '../emulate/handlers/instruction';
import type { Handler } from '../operation';
import { armHostTimer, canEnter, giveToProcessor } from '../operations';
import type { Turns } from '../schedule/turns';
import type { VtxVcpu } from './vtx-vcpu';

/**
 * A guest in real mode, or between real and protected mode, where there is no "unrestricted guest": software does
 * one instruction, and sees whether the processor can go on.
 *
 * @returns whether it is to be entered
 */
export function* emulateRealMode(vcpu: VtxVcpu, turns: Turns): Handler<boolean> {
  yield* emulateInstruction(turns);
  if ((yield canEnter()) === 0n) return false;
  yield giveToProcessor();
  yield* vcpu.pagingTurned();
  yield armHostTimer();
  return true;
}
