import type { Handler } from '../../operation';
import {
  armHostTimer,
  hostHalt,
  hostOut,
  interruptPending,
  stopGuest,
  timerFired,
  waitForInput,
} from '../../operations';
import { acknowledgeHostInterrupt, interruptsEnabled } from '../operations';

const END_OF_INTERRUPT = 0x20;

/** HLT: the guest waits for an interrupt, and so may the host, until its timer tells that one is due. */
export function* handleHalt(): Handler {
  if ((yield interruptsEnabled()) === 0n) {
    yield stopGuest({ kind: 'halted' });
    return;
  }
  yield* waitForInterrupt();
}

/** Until an interrupt waits, whether the guest takes it or not. */
export function* waitForInterrupt(): Handler {
  while ((yield interruptPending()) === 0n) {
    yield armHostTimer();
    const woken = yield hostHalt();
    if (woken === 0n) yield waitForInput();
    else yield* answerHostTimer();
  }
}

/** Nothing interrupts the monitor: it asks. */
function* answerHostTimer(): Handler {
  if ((yield acknowledgeHostInterrupt()) === 0n) return;
  yield hostOut(0x20, 1, END_OF_INTERRUPT);
  yield timerFired();
}
