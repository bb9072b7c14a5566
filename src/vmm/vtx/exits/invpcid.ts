import { ExitReason } from '../../../isa/vmx/exit-reasons';
import type { Handler } from '../../operation';
import { emulateInstruction, stopGuest } from '../../operations';
import { endBlocking } from '../advance-rip';
import type { VtxVcpu } from '../vtx-vcpu';

/**
 * INVPCID exits with INVLPG exiting. Software does the instruction, with its checks and the exceptions
 * that they raise; the translations are the processor's, and all of the guest's go.
 */
export function* handleInvpcid(vcpu: VtxVcpu): Handler {
  if ((yield emulateInstruction()) === 0n) {
    yield stopGuest({
      kind: 'failure',
      failure: { kind: 'unhandled-exit', reason: ExitReason.INVPCID },
    });
    return;
  }
  yield* endBlocking();
  yield* vcpu.follow();
  yield* vcpu.translations.forgetAll();
}
