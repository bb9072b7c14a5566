import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { Field } from '../../../isa/vmx/fields';
import { answerSecondLevelFault } from '../../hardware/exits/guest-physical';
import type { Handler } from '../../operation';
import { invept, vmread } from '../../operations';
import type { VtxVcpu } from '../vtx-vcpu';

/** In the exit qualification: an instruction was fetched (SDM 3C table 28-7). */
const FETCH = 4n;

/** The guest touched a guest-physical address in a way that the EPT does not allow. */
export function* handleEptViolation(vcpu: VtxVcpu): Handler {
  const address = yield vmread(Field.GUEST_PHYSICAL_ADDRESS);
  const qualification = yield vmread(Field.EXIT_QUALIFICATION);
  const isFetch = (qualification & FETCH) !== 0n;
  const fault = { address, isFetch, reason: ExitReason.EPT_VIOLATION };
  if (!(yield* answerSecondLevelFault(vcpu, fault))) return;
  yield invept();
  yield* vcpu.reinject();
}
