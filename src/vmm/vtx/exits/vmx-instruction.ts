import { Vector } from '../../../isa/exceptions';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { vmread } from '../../operations';
import { injectException } from '../inject';
import { handleVmxInstructionOfL1 } from '../nested/exits';
import type { VtxVcpu } from '../vtx-vcpu';

/** For a guest that was told that it has no VMX, its VMX instructions are undefined. */
export function* handleVmxInstruction(vcpu: VtxVcpu): Handler {
  if (!vcpu.nested) {
    yield* injectException(Vector.UD);
    return;
  }
  const reason = yield vmread(Field.VM_EXIT_REASON);
  yield* handleVmxInstructionOfL1(vcpu, vcpu.nested, Number(reason));
}
