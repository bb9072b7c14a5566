import { obtainGuestPage } from '../../hosting/handlers/host-page-fault';
import type { Handler } from '../../operation';
import { answererAt, Answers, stopGuest } from '../../operations';
import type { Vcpu } from '../vcpu';
import { doInSoftware } from './in-software';

/** An access that the tables of the second level do not allow. */
export interface SecondLevelFault {
  /** Guest-physical. */
  readonly address: bigint;
  readonly isFetch: boolean;
  /** The reason of the exit. */
  readonly reason: number;
}

/**
 * The guest touched a guest-physical address in a way that the tables of the second level do not allow. RAM that has no
 * frame yet gets one, and the access is made again. Elsewhere a device answers, or the address is that
 * of a ROM, or of nobody: then the monitor does the instruction itself, and sees what it reads and writes.
 *
 * @returns whether RAM has a frame now
 */
export function* answerSecondLevelFault(
  vcpu: Vcpu,
  { address, isFetch, reason }: SecondLevelFault,
): Handler<boolean> {
  if ((yield answererAt(address)) === Answers.RAM) {
    yield* obtainGuestPage(address);
    return true;
  }
  if (isFetch) {
    yield stopGuest({ kind: 'failure', failure: { kind: 'fetch-outside-memory', address } });
    return false;
  }
  yield* doInSoftware(vcpu, reason); // memory-mapped I/O
  return false;
}
