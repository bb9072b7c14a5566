import type { Handler } from '../../operation';
import { hostOut, interruptPending, stopGuest, timerFired } from '../../operations';
import type { Turns } from '../../schedule/turns';
import { acknowledgeHostInterrupt, interruptsEnabled } from '../operations';

const END_OF_INTERRUPT = 0x20;

/** HLT: the guest waits for an interrupt, and so may the host, until its timer tells that one is due. */
export function* handleHalt(turns: Turns): Handler {
  if ((yield interruptsEnabled()) === 0n) {
    yield stopGuest({ kind: 'halted' });
    return;
  }
  yield* waitForInterrupt(turns);
}

/** Until an interrupt waits, whether the guest takes it or not. */
export function* waitForInterrupt(turns: Turns): Handler {
  while ((yield interruptPending()) === 0n) {
    const woken = yield* turns.rest();
    if (woken !== 0n) yield* answerHostTimer();
  }
}

/** Nothing interrupts the monitor: it asks. */
function* answerHostTimer(): Handler {
  if ((yield acknowledgeHostInterrupt()) === 0n) return;
  yield hostOut(0x20, 1, END_OF_INTERRUPT);
  yield timerFired();
}
