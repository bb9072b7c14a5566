import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { Field } from '../../../isa/vmx/fields';
import { endBlocking } from '../advance-rip';
import { obtainGuestPage } from '../../hosting/handlers/host-page-fault';
import type { Handler } from '../../operation';
import {
  answererAt,
  Answers,
  emulateInstruction,
  invept,
  stopGuest,
  vmread,
} from '../../operations';
import { reinjectInterruptedEvent } from '../inject';
import type { VtxPaging } from '../paging/vtx-paging';

/** In the exit qualification: an instruction was fetched (SDM 3C table 28-7). */
const FETCH = 4n;

/**
 * The guest touched a guest-physical address in a way that the EPT does not allow. RAM that has no
 * frame yet gets one, and the access is made again. Elsewhere a device answers, or the address is that
 * of a ROM, or of nobody: then the monitor does the instruction itself, and sees what it reads and writes.
 */
export function* handleEptViolation(paging: VtxPaging): Handler {
  const address = yield vmread(Field.GUEST_PHYSICAL_ADDRESS);
  const qualification = yield vmread(Field.EXIT_QUALIFICATION);
  const answerer = yield answererAt(address);
  if (answerer === Answers.RAM) {
    yield* obtainGuestPage(address);
    yield invept();
    yield* reinjectInterruptedEvent();
    return;
  }
  if (qualification & FETCH) {
    yield stopGuest({ kind: 'failure', failure: { kind: 'fetch-outside-memory', address } });
    return;
  }
  yield* accessMappedMemory(paging);
}

/** Memory-mapped I/O: no hardware does the access, so software does the whole instruction. */
function* accessMappedMemory(paging: VtxPaging): Handler {
  if ((yield emulateInstruction()) === 0n) {
    const reason = ExitReason.EPT_VIOLATION;
    yield stopGuest({ kind: 'failure', failure: { kind: 'unhandled-exit', reason } });
    return;
  }
  yield* endBlocking();
  yield* paging.follow();
}
