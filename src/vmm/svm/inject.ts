import { combineExceptions, Vector } from '../../isa/exceptions';
import { WideCr0 } from '../../isa/registers/control';
import { WideRflags } from '../../isa/registers/flags';
import { InterruptShadow, VirtualInterrupt } from '../../isa/svm/control-fields';
import { SvmExit } from '../../isa/svm/exit-codes';
import { Event, EventType } from '../../isa/svm/intercepts';
import type { Handler } from '../operation';
import { acknowledgeInterrupt, emulateEvent, interruptPending, stopGuest } from '../operations';
import { readVmcb, writeVmcb } from './operations';

/** Event injection: what the guest is to receive at the next VMRUN (APM 2 15.20). */

const VALID = BigInt(Event.V);
const TYPE = BigInt(Event.TYPE);
const of = (type: number): bigint => BigInt(type << Event.TYPE_SHIFT);

/** RIP stays at the instruction. Real mode pushes no error codes. */
export function* injectException(vector: number, errorCode?: number): Handler {
  const cr0 = yield readVmcb('CR0');
  const pushes = errorCode !== undefined && (cr0 & WideCr0.PE) !== 0n;
  const withError = pushes ? BigInt(Event.EV) : 0n;
  yield writeVmcb('EVENTINJ', BigInt(vector) | of(EventType.EXCEPTION) | withError | VALID);
  if (pushes) yield writeVmcb('EVENTINJ_ERROR_CODE', errorCode);
}

/** The guest finds the address in CR2, which is in the VMCB. */
export function* injectPageFault(linear: bigint, errorCode: number): Handler {
  const interrupted = yield readVmcb('EXITINTINFO');
  const during = (interrupted & VALID) !== 0n && (interrupted & TYPE) === of(EventType.EXCEPTION);
  const first = Number(interrupted & BigInt(Event.VECTOR));
  const together = during ? combineExceptions(first, Vector.PF) : 'serial';
  yield writeVmcb('CR2', linear);
  if (together === 'serial') yield* injectException(Vector.PF, errorCode);
  else if (together === 'double fault') yield* injectException(Vector.DF, 0);
  else yield stopGuest({ kind: 'shutdown' });
}

/** Events that an instruction raises come again with it, as RIP is still there. */
function comesAgain(event: bigint): boolean {
  const type = event & TYPE;
  const vector = Number(event & BigInt(Event.VECTOR));
  const trap = vector === Number(Vector.BP) || vector === Number(Vector.OF);
  return type === of(EventType.SOFTWARE) || (type === of(EventType.EXCEPTION) && trap);
}

/** The exit came while an event was being delivered, which is lost with it (APM 2 15.7.2). */
export function* reinject(): Handler {
  const event = yield readVmcb('EXITINTINFO');
  if ((event & VALID) === 0n || comesAgain(event)) return;
  yield writeVmcb('EVENTINJ', event);
  if (event & BigInt(Event.EV)) {
    const errorCode = yield readVmcb('EXITINTINFO_ERROR_CODE');
    yield writeVmcb('EVENTINJ_ERROR_CODE', errorCode);
  }
}

/** The same in software. Undefined: no event was being delivered, or it comes with its instruction. */
export function* deliverInSoftware(): Handler<bigint | undefined> {
  const event = yield readVmcb('EXITINTINFO');
  if ((event & VALID) === 0n || comesAgain(event)) return undefined;
  const errorCode = yield readVmcb('EXITINTINFO_ERROR_CODE');
  return yield emulateEvent(event, errorCode);
}

/**
 * Gives the guest what its virtual interrupt controller requests: now, if it can take an interrupt; otherwise at the
 * moment it can, for which a virtual interrupt is requested whose delivery exits.
 */
export function* deliverPendingInterrupt(): Handler {
  const pending = yield interruptPending();
  if (pending === 0n) return;
  const occupied = yield readVmcb('EVENTINJ');
  const flags = yield readVmcb('RFLAGS');
  const shadow = yield readVmcb('INTERRUPT_SHADOW');
  const free = (occupied & VALID) === 0n && (shadow & InterruptShadow.INTERRUPT_SHADOW) === 0n;
  if (pending === 1n && free && flags & WideRflags.IF) {
    const vector = yield acknowledgeInterrupt();
    yield writeVmcb('EVENTINJ', vector | of(EventType.INTR) | VALID);
  } else {
    yield* setInterruptWindow(true);
  }
}

/** A virtual interrupt that no task priority holds back. */
const WINDOW = BigInt(VirtualInterrupt.V_IRQ | VirtualInterrupt.V_IGN_TPR);
const VINTR = 1n << BigInt(SvmExit.VINTR & 31);

export function* setInterruptWindow(on: boolean): Handler {
  const intercepts = yield readVmcb('INTERCEPT_VECTOR_3');
  const wanted = on ? intercepts | VINTR : intercepts & ~VINTR;
  if (wanted === intercepts) return;
  yield writeVmcb('INTERCEPT_VECTOR_3', wanted);
  const control = yield readVmcb('VIRTUAL_INTERRUPT');
  yield writeVmcb('VIRTUAL_INTERRUPT', on ? control | WINDOW : control & ~WINDOW);
}
