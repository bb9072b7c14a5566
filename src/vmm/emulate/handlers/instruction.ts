import type { Handler } from '../../operation';
import { acknowledgeInterrupt, interruptPending, stopGuest } from '../../operations';
import type { Turns } from '../../schedule/turns';
import {
  acceptsInterrupts,
  decode,
  deliverInterrupt,
  execute,
  fetch,
  Outcome,
} from '../operations';
import { handleHalt } from './halt';
import { handleHypercall } from './hypercall';

/**
 * One instruction of the guest, as a processor does it: fetched from the guest's memory, decoded, executed over the
 * virtual processor's registers. Then its interrupt controller is asked.
 */
export function* emulateInstruction(turns: Turns): Handler {
  const bytes = yield fetch();
  yield decode(bytes);
  const outcome = yield execute(bytes);
  if (outcome === Outcome.HALTED) yield* handleHalt(turns);
  else if (outcome === Outcome.HYPERCALL) yield* handleHypercall(turns);
  else if (outcome === Outcome.SHUTDOWN) yield stopGuest({ kind: 'shutdown' });
  if ((yield interruptPending()) === 1n) yield* takeInterrupt();
}

/** Interrupts come between two instructions, where the guest lets them. */
export function* takeInterrupt(): Handler {
  if ((yield acceptsInterrupts()) === 0n) return;
  const vector = yield acknowledgeInterrupt();
  const outcome = yield deliverInterrupt(vector);
  if (outcome === Outcome.SHUTDOWN) yield stopGuest({ kind: 'shutdown' });
}
