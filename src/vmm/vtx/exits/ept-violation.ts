import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import {
  allocateGuestPage,
  decodeLength,
  guestRegister,
  invept,
  isGuestRam,
  setGuestRegister,
  stopGuest,
  vmread,
  vmwrite,
} from '../../operations';
import { reinjectInterruptedEvent } from '../inject';

/** Bits of the exit qualification (SDM 3C table 28-7). */
const FETCH = 4n;
const WRITE = 2n;

/**
 * The guest touched a guest-physical address that the EPT does not map: RAM that has no frame yet
 * gets one, and the access is made again. Where no RAM was promised, nothing answers.
 */
export function* handleEptViolation(): Handler {
  const address = yield vmread(Field.GUEST_PHYSICAL_ADDRESS);
  const qualification = yield vmread(Field.EXIT_QUALIFICATION);
  if ((yield isGuestRam(address)) === 1n) {
    yield allocateGuestPage(address);
    yield invept();
    yield* reinjectInterruptedEvent();
    return;
  }
  yield* answerAsEmptyBus(qualification, address);
}

/** On an empty bus a write is lost and a read gives all ones. A fetch has nowhere to go on. */
function* answerAsEmptyBus(qualification: bigint, address: bigint): Handler {
  if (qualification & FETCH) {
    yield stopGuest({ kind: 'failure', failure: { kind: 'fetch-outside-memory', address } });
    return;
  }
  const base = yield vmread(Field.GUEST_CS_BASE);
  const rip = yield vmread(Field.GUEST_RIP);
  const length = yield decodeLength(base + rip);
  if (!(qualification & WRITE)) {
    const rax = yield guestRegister(0);
    yield setGuestRegister(0, rax | 0xffffffffn);
  }
  yield vmwrite(Field.GUEST_RIP, rip + length);
}
