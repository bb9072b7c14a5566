import { acknowledgeHostInterrupt } from '../../emulate/operations';
import type { Handler } from '../../operation';
import { hostOut, timerFired } from '../../operations';
import { setInterruptWindow } from '../inject';
import type { SvmVcpu } from '../svm-vcpu';

const END_OF_INTERRUPT = 0x20;

/**
 * A real device of the host wants attention: here it is the host's timer. The interrupt is still pending, as SVM leaves it to
 * the host to take it (APM 2 15.13.1); the monitor asks the interrupt controller itself.
 */
export function* handleHostInterrupt(vcpu: SvmVcpu): Handler {
  yield acknowledgeHostInterrupt();
  yield hostOut(0x20, 1, END_OF_INTERRUPT);
  yield timerFired();
  yield* vcpu.reinject();
}

/** The guest can take an interrupt now; what waits for it is injected before VMRUN. */
export function* handleVirtualInterrupt(): Handler {
  yield* setInterruptWindow(false);
}
