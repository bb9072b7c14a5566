import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { PageFaultError } from '../../../isa/paging';
import { InterruptionInfo } from '../../../isa/vmx/events';
import { Field } from '../../../isa/vmx/fields';
import { endBlocking } from '../advance-rip';
import { obtainGuestPage } from '../../hosting/handlers/host-page-fault';
import type { Handler } from '../../operation';
import {
  emulateEvent,
  emulateInstruction,
  Fills,
  fillShadow,
  stopGuest,
  vmread,
  walkForAccess,
} from '../../operations';
import { injectPageFault, reinjectInterruptedEvent } from '../inject';
import type { VtxPaging } from '../paging/vtx-paging';

const KEY = BigInt(PageFaultError.PK);
const VALID = BigInt(InterruptionInfo.VALID);

/**
 * A page fault of a guest whose memory is translated by shadow page tables. Whose fault is it? Where the
 * guest's own tables forbid the access, it is the guest's (a true page fault). Where they allow it, the
 * shadow tables have not caught up yet, and the guest never learns of it (a hidden page fault).
 */
export function* handlePageFault(paging: VtxPaging): Handler {
  const linear = yield vmread(Field.EXIT_QUALIFICATION);
  const errorCode = yield vmread(Field.VM_EXIT_INTR_ERROR_CODE);
  const walked = yield walkForAccess(linear, errorCode);
  if (walked < 0n) {
    yield* injectPageFault(linear, Number(-1n - walked));
    return;
  }
  const filling = yield* fill(linear, errorCode, walked);
  // The processor asks protection keys with the monitor's CR0.WP; by the guest's own they allow it.
  const byKey = filling === Fills.UNCHANGED && (errorCode & KEY) !== 0n;
  if (filling === Fills.UNCHANGED && !byKey) {
    // The shadow tables allow it, so it was not they: a rule of the processor's own.
    yield* injectPageFault(linear, Number(errorCode));
    return;
  }
  if (filling === Fills.EMULATE || byKey) yield* accessInSoftware();
  else yield* reinjectInterruptedEvent();
  yield* paging.follow();
}

/** RAM that has no frame yet gets one first. */
function* fill(linear: bigint, errorCode: bigint, address: bigint): Handler<bigint> {
  const filling = yield fillShadow(linear, errorCode);
  if (filling !== Fills.NO_FRAME) return filling;
  yield* obtainGuestPage(address);
  return yield fillShadow(linear, errorCode);
}

/**
 * A device answers there; or the guest writes to one of its page tables, which has to be seen. Where the
 * delivery of an event made the access, the event is delivered in software.
 */
function* accessInSoftware(): Handler {
  const vectoring = yield vmread(Field.IDT_VECTORING_INFO);
  const byEvent = (vectoring & VALID) !== 0n;
  const errorCode = byEvent ? yield vmread(Field.IDT_VECTORING_ERROR_CODE) : 0n;
  const done = byEvent ? yield emulateEvent(vectoring, errorCode) : yield emulateInstruction();
  if (done === 0n) {
    const reason = ExitReason.EXCEPTION_NMI;
    yield stopGuest({ kind: 'failure', failure: { kind: 'unhandled-exit', reason } });
    return;
  }
  yield* endBlocking();
}
