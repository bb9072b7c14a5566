import { Vector } from '../../../isa/exceptions';
import { Outcome } from '../../emulate/operations';
import { emulateInstruction, takeInterrupt } from '../../emulate/handlers/instruction';
import type { Handler } from '../../operation';
import { hostOut, interruptPending, stopGuest, timerFired } from '../../operations';
import type { Turns } from '../../schedule/turns';
import { deliverDebugException, saveFrame, saveRegisters, takeDr6 } from '../operations';
import { goOn } from './enter';
import { handlePageFault } from './page-fault';

export const FIRST_INTERRUPT = 0x20;
const END_OF_INTERRUPT = 0x20;

/**
 * Every way out of a deprivileged guest: an exception or an interrupt, through the monitor's IDT. What the guest's ring
 * forbids raises one, and the virtual processor, which is in the ring that the guest believes to be in, does it.
 *
 * @param vector the number of the gate
 */
export function* handleTrap(vector: number, turns: Turns): Handler {
  yield saveRegisters();
  yield saveFrame();
  yield* answerTrap(vector, turns);
  yield* goOn(turns);
}

/** What has brought the guest here is dealt with; its registers are with the virtual processor. */
export function* answerTrap(vector: number, turns: Turns): Handler {
  if (vector >= FIRST_INTERRUPT) yield* answerTimer();
  else if (vector === Vector.PF) yield* handlePageFault(turns);
  else if (vector === Vector.DB) yield* passOnDebugException();
  else yield* emulateInstruction(turns);
}

/** The host's timer: one of the guest's devices may have something to do. */
export function* answerTimer(): Handler {
  yield hostOut(0x20, 1, END_OF_INTERRUPT);
  yield timerFired();
  if ((yield interruptPending()) === 1n) yield* takeInterrupt();
}

/** It has come after an instruction, which is done. */
export function* passOnDebugException(): Handler {
  const conditions = yield takeDr6();
  const outcome = yield deliverDebugException(conditions);
  if (outcome === Outcome.SHUTDOWN) yield stopGuest({ kind: 'shutdown' });
}
