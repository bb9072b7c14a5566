import { combineExceptions, Vector } from '../../isa/exceptions';
import { Cr0 } from '../../isa/registers/control';
import { Rflags } from '../../isa/registers/flags';
import { PrimaryControl } from '../../isa/vmx/controls';
import { INJECTION_RESERVED, InterruptionInfo, InterruptionType } from '../../isa/vmx/events';
import { Field } from '../../isa/vmx/fields';
import type { Handler } from '../operation';
import {
  acknowledgeInterrupt,
  interruptPending,
  stopGuest,
  vmread,
  vmwrite,
  writeCr2,
} from '../operations';

/** Event injection: what the guest is to receive at the next VM entry (SDM 3C 27.6). */

/** Injects #GP(0), as the guest's instruction would have raised it. RIP stays at the instruction. */
export function* injectGeneralProtection(): Handler {
  yield* injectException(Vector.GP, 0);
}

export function* injectException(vector: number, errorCode?: number): Handler {
  const type = InterruptionType.HARDWARE_EXCEPTION << InterruptionInfo.TYPE_SHIFT;
  // Real mode pushes no error codes, and an entry that would is refused (SDM 3C 27.2.1.3).
  const cr0 = yield vmread(Field.GUEST_CR0);
  const pushes = errorCode !== undefined && (cr0 & BigInt(Cr0.PE)) !== 0n;
  const withError = pushes ? InterruptionInfo.ERROR_CODE : 0;
  yield vmwrite(
    Field.VM_ENTRY_INTR_INFO,
    (vector | type | withError | InterruptionInfo.VALID) >>> 0,
  );
  if (pushes) yield vmwrite(Field.VM_ENTRY_EXCEPTION_ERROR_CODE, errorCode);
}

/**
 * Gives the guest what its virtual interrupt controller requests: now, if it can take an interrupt;
 * otherwise at the moment it can, for which interrupt-window exiting is turned on.
 */
export function* deliverPendingInterrupt(): Handler {
  const pending = yield interruptPending();
  if (pending === 0n) return;
  const occupied = yield vmread(Field.VM_ENTRY_INTR_INFO);
  const flags = yield vmread(Field.GUEST_RFLAGS);
  const blocking = yield vmread(Field.GUEST_INTERRUPTIBILITY_INFO);
  const free = (occupied & BigInt(InterruptionInfo.VALID)) === 0n;
  if (pending === 1n && free && flags & BigInt(Rflags.IF) && blocking === 0n) {
    const vector = yield acknowledgeInterrupt();
    const type = BigInt(InterruptionType.EXTERNAL_INTERRUPT << InterruptionInfo.TYPE_SHIFT);
    yield vmwrite(Field.VM_ENTRY_INTR_INFO, vector | type | BigInt(InterruptionInfo.VALID));
  } else {
    yield* setInterruptWindow(true);
  }
}

export const setInterruptWindow = (on: boolean): Handler =>
  setWindow(PrimaryControl.INTERRUPT_WINDOW_EXITING, on);

export const setNmiWindow = (on: boolean): Handler =>
  setWindow(PrimaryControl.NMI_WINDOW_EXITING, on);

function* setWindow(control: number, on: boolean): Handler {
  const controls = yield vmread(Field.CPU_BASED_VM_EXEC_CONTROL);
  const window = BigInt(control);
  const wanted = on ? controls | window : controls & ~window;
  if (wanted !== controls) yield vmwrite(Field.CPU_BASED_VM_EXEC_CONTROL, wanted);
}

/**
 * A VM exit that came while an event was being delivered has lost the event: it is injected again
 * (SDM 3C 25.9.3, 27.6, 28.2.4).
 */
export function* reinjectInterruptedEvent(): Handler {
  const vectoring = yield vmread(Field.IDT_VECTORING_INFO);
  if ((vectoring & BigInt(InterruptionInfo.VALID)) === 0n) return;
  yield vmwrite(Field.VM_ENTRY_INTR_INFO, vectoring & ~INJECTION_RESERVED);
  if (vectoring & BigInt(InterruptionInfo.ERROR_CODE)) {
    const errorCode = yield vmread(Field.IDT_VECTORING_ERROR_CODE);
    yield vmwrite(Field.VM_ENTRY_EXCEPTION_ERROR_CODE, errorCode);
  }
  const length = yield vmread(Field.VM_EXIT_INSTRUCTION_LEN);
  yield vmwrite(Field.VM_ENTRY_INSTRUCTION_LEN, length);
}

const TYPE = BigInt(InterruptionInfo.TYPE);
const EXCEPTION = BigInt(InterruptionType.HARDWARE_EXCEPTION << InterruptionInfo.TYPE_SHIFT);

/**
 * A page fault that is the guest's. If it came while another exception was being delivered, the two may make
 * a double fault, or shut the processor down (SDM 3A table 6-5).
 */
export function* injectPageFault(linear: bigint, errorCode: number): Handler {
  const vectoring = yield vmread(Field.IDT_VECTORING_INFO);
  const valid = (vectoring & BigInt(InterruptionInfo.VALID)) !== 0n;
  const during = valid && (vectoring & TYPE) === EXCEPTION;
  const first = Number(vectoring & BigInt(InterruptionInfo.VECTOR));
  const together = during ? combineExceptions(first, Vector.PF) : 'serial';
  yield writeCr2(linear);
  if (together === 'serial') yield* injectException(Vector.PF, errorCode);
  else if (together === 'double fault') yield* injectException(Vector.DF, 0);
  else yield stopGuest({ kind: 'shutdown' });
}
