import { InterruptionInfo, InterruptionType } from '../../../isa/vmx/events';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { Field } from '../../../isa/vmx/fields';
import { endBlocking } from '../advance-rip';
import type { VtxVcpu } from '../vtx-vcpu';
import type { Handler } from '../../operation';
import { emulateEvent, emulateInstruction, stopGuest, vmread } from '../../operations';

const TYPE = BigInt(InterruptionInfo.TYPE);
const SHIFT = BigInt(InterruptionInfo.TYPE_SHIFT);
const SOFTWARE = BigInt(InterruptionType.SOFTWARE_INTERRUPT);

/**
 * Hardware does no task switch in non-root operation (SDM 3C 26.4.2): the monitor does the whole of it in
 * software, for the instruction that asked for it, or for the event that came to a task gate.
 */
export function* handleTaskSwitch(vcpu: VtxVcpu): Handler {
  const vectoring = yield vmread(Field.IDT_VECTORING_INFO);
  const byEvent =
    (vectoring & BigInt(InterruptionInfo.VALID)) !== 0n && (vectoring & TYPE) >> SHIFT < SOFTWARE;
  const errorCode = byEvent ? yield vmread(Field.IDT_VECTORING_ERROR_CODE) : 0n;
  const done = byEvent ? yield emulateEvent(vectoring, errorCode) : yield emulateInstruction();
  if (done === 0n) {
    const reason = ExitReason.TASK_SWITCH;
    yield stopGuest({ kind: 'failure', failure: { kind: 'unhandled-exit', reason } });
    return;
  }
  yield* vcpu.follow();
  yield* vcpu.translations.forgetNonGlobal(); // the new task may have another CR3
  yield* endBlocking();
}
