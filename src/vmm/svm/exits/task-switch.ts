import { SvmExit } from '../../../isa/svm/exit-codes';
import type { Handler } from '../../operation';
import { emulateInstruction, stopGuest } from '../../operations';
import type { SvmVcpu } from '../svm-vcpu';

/**
 * With nested paging the processor does task switches itself. With shadow paging it would load CR3 from a TSS of the guest's:
 * software does the whole of it, for the instruction that asked for it, or for the event that came to a task gate.
 */
export function* handleTaskSwitch(vcpu: SvmVcpu): Handler {
  const delivered = yield* vcpu.deliverInSoftware();
  const done = delivered ?? (yield emulateInstruction());
  if (done === 0n) {
    const failure = { kind: 'unhandled-exit', reason: SvmExit.TASK_SWITCH } as const;
    yield stopGuest({ kind: 'failure', failure });
    return;
  }
  yield* vcpu.completed();
  yield* vcpu.follow();
  yield* vcpu.translations.forgetAll(); // the new task may have another CR3
}
