import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { hostOut, timerFired, vmread } from '../../operations';
import type { Turns } from '../../schedule/turns';
import { reinjectInterruptedEvent, setInterruptWindow, setNmiWindow } from '../inject';
import type { VtxVcpu } from '../vtx-vcpu';

const END_OF_INTERRUPT = 0x20;

/** A real device of the host wants attention: here it is the host's timer. */
export function* handleExternalInterrupt(): Handler {
  yield vmread(Field.VM_EXIT_INTR_INFO);
  yield hostOut(0x20, 1, END_OF_INTERRUPT);
  yield timerFired();
  yield* reinjectInterruptedEvent();
}

/** The guest has had the processor for as long as it may. */
export function* handlePreemptionTimer(_: VtxVcpu, turns: Turns): Handler {
  yield* turns.over();
}

/** The guest can take an NMI now; the one that waits is injected before the VM entry. */
export function* handleNmiWindow(): Handler {
  yield* setNmiWindow(false);
}

/** The guest can take an interrupt now; what waits for it is injected before the VM entry. */
export function* handleInterruptWindow(): Handler {
  yield* setInterruptWindow(false);
}
