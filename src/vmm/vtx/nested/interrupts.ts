import { ExitControl, PinBasedControl } from '../../../isa/vmx/controls';
import { Interruptibility, InterruptionInfo, InterruptionType } from '../../../isa/vmx/events';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { acknowledgeInterrupt, armHostTimer, interruptPending, vmread } from '../../operations';
import { deliverPendingInterrupt } from '../inject';
import type { VtxVcpu } from '../vtx-vcpu';
import { isSet12 } from './controls';
import { passOnAs } from './leave';
import type { NestedVtx } from './nested-vtx';
import { armHostTimerForNow } from './operations';

/** Interrupts of L1's virtual devices, while L2 has the processor. */

const VALID = BigInt(InterruptionInfo.VALID);
const EXTERNAL = BigInt(InterruptionType.EXTERNAL_INTERRUPT << InterruptionInfo.TYPE_SHIFT);

const SHADOWS = BigInt(Interruptibility.BLOCKING_BY_STI | Interruptibility.BLOCKING_BY_MOV_SS);

/** What `interruptPending` gives while a debugger holds interrupts. */
const HELD = 2n;

/**
 * With "external-interrupt exiting" of L1's an interrupt is a VM exit for it, whatever L2's IF (SDM 3C 26.2); else L2 takes
 * it through its own IDT. Before the next VM entry; the host's timer is armed for what comes later.
 */
export function* deliverToL2(vcpu: VtxVcpu, nested: NestedVtx): Handler {
  if (
    !(yield* isSet12(Field.PIN_BASED_VM_EXEC_CONTROL, PinBasedControl.EXTERNAL_INTERRUPT_EXITING))
  ) {
    yield* deliverPendingInterrupt();
    yield armHostTimer();
    return;
  }
  const pending = yield interruptPending();
  if (pending === 0n || pending === HELD) {
    yield armHostTimer();
    return;
  }
  const event = yield vmread(Field.VM_ENTRY_INTR_INFO);
  const blocking = yield vmread(Field.GUEST_INTERRUPTIBILITY_INFO);
  if (event & VALID || blocking & SHADOWS) {
    // First L2 gets what it is about to get, or does the one instruction: the host's timer is back at once.
    yield armHostTimerForNow();
    return;
  }
  yield* passOnAs(vcpu, nested, ExitReason.EXTERNAL_INTERRUPT, yield* interruption());
  yield* deliverPendingInterrupt();
  yield armHostTimer();
}

/** With "acknowledge interrupt on exit" the vector is told; else L1 takes the interrupt when it sets IF. */
function* interruption(): Handler<[Field, bigint][]> {
  if (!(yield* isSet12(Field.VM_EXIT_CONTROLS, ExitControl.ACKNOWLEDGE_INTERRUPT))) return [];
  const vector = yield acknowledgeInterrupt();
  return [[Field.VM_EXIT_INTR_INFO, vector | EXTERNAL | VALID]];
}
