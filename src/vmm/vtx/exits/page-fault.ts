import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { Field } from '../../../isa/vmx/fields';
import { answerPageFault } from '../../hardware/exits/page-fault';
import type { Handler } from '../../operation';
import { vmread } from '../../operations';
import type { VtxVcpu } from '../vtx-vcpu';

/** The only exception that exits, with shadow paging: its linear address is the exit qualification. */
export function* handlePageFault(vcpu: VtxVcpu): Handler {
  const linear = yield vmread(Field.EXIT_QUALIFICATION);
  const errorCode = yield vmread(Field.VM_EXIT_INTR_ERROR_CODE);
  yield* answerPageFault(vcpu, { linear, errorCode, reason: ExitReason.EXCEPTION_NMI });
}
