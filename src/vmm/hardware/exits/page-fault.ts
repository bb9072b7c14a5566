import { PageFaultError } from '../../../isa/paging';
import { obtainGuestPage } from '../../hosting/handlers/host-page-fault';
import type { Handler } from '../../operation';
import { emulateInstruction, Fills, fillShadow, stopGuest, walkForAccess } from '../../operations';
import type { Vcpu } from '../vcpu';

const KEY = BigInt(PageFaultError.PK);

/** A page fault of the guest's, as the exit tells it. */
export interface InterceptedPageFault {
  readonly linear: bigint;
  readonly errorCode: bigint;
  /** The reason of the exit. */
  readonly reason: number;
}

/**
 * A page fault of a guest whose memory is translated by shadow page tables. Whose fault is it? Where the
 * guest's own tables forbid the access, it is the guest's (a true page fault). Where they allow it, the
 * shadow tables have not caught up yet, and the guest never learns of it (a hidden page fault).
 */
export function* answerPageFault(vcpu: Vcpu, fault: InterceptedPageFault): Handler {
  const { linear, errorCode, reason } = fault;
  const walked = yield walkForAccess(linear, errorCode);
  if (walked < 0n) {
    yield* vcpu.injectPageFault(linear, Number(-1n - walked));
    return;
  }
  const filling = yield* fill(linear, errorCode, walked);
  // The processor asks protection keys with the monitor's CR0.WP; by the guest's own they allow it.
  const byKey = filling === Fills.UNCHANGED && (errorCode & KEY) !== 0n;
  if (filling === Fills.UNCHANGED && !byKey) {
    // The shadow tables allow it, so it was not they: a rule of the processor's own.
    yield* vcpu.injectPageFault(linear, Number(errorCode));
    return;
  }
  if (filling === Fills.EMULATE || byKey) yield* accessInSoftware(vcpu, reason);
  else yield* vcpu.reinject();
  yield* vcpu.follow();
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
function* accessInSoftware(vcpu: Vcpu, reason: number): Handler {
  const delivered = yield* vcpu.deliverInSoftware();
  const done = delivered ?? (yield emulateInstruction());
  if (done === 0n) {
    yield stopGuest({ kind: 'failure', failure: { kind: 'unhandled-exit', reason } });
    return;
  }
  yield* vcpu.completed();
}
