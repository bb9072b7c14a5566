import type { Handler } from '../../operation';
import { emulateInstruction, stopGuest } from '../../operations';
import type { Vcpu } from '../vcpu';

/**
 * No hardware does what the guest's instruction asks for, so software does the whole of it. An instruction that the
 * emulator does not know ends the guest.
 *
 * @param reason of the exit
 * @returns whether it has been done
 */
export function* doInSoftware(vcpu: Vcpu, reason: number): Handler<boolean> {
  if ((yield emulateInstruction()) === 0n) {
    yield stopGuest({ kind: 'failure', failure: { kind: 'unhandled-exit', reason } });
    return false;
  }
  yield* vcpu.completed();
  yield* vcpu.follow();
  return true;
}
