import { PageFaultError } from '../../../isa/paging';
import { SvmExit } from '../../../isa/svm/exit-codes';
import { answerSecondLevelFault } from '../../hardware/exits/guest-physical';
import type { Handler } from '../../operation';
import { readVmcb } from '../operations';
import type { SvmVcpu } from '../svm-vcpu';

const FETCH = BigInt(PageFaultError.ID);

/** The guest touched a guest-physical address in a way that the nested tables do not allow (APM 2 15.25.6). */
export function* handleNestedPageFault(vcpu: SvmVcpu): Handler {
  const errorCode = yield readVmcb('EXITINFO1');
  const address = yield readVmcb('EXITINFO2');
  const isFetch = (errorCode & FETCH) !== 0n;
  // What was not present is in no TLB: there is nothing to flush.
  if (yield* answerSecondLevelFault(vcpu, { address, isFetch, reason: SvmExit.NPF })) {
    yield* vcpu.reinject();
  }
}
