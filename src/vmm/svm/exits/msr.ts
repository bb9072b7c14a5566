import { handleRdmsr, handleWrmsr } from '../../hardware/exits/msr';
import type { Handler } from '../../operation';
import { readVmcb } from '../operations';
import type { SvmVcpu } from '../svm-vcpu';

/** RDMSR and WRMSR share a code: EXITINFO1 is 1 for WRMSR (APM 2 15.11). */
export function* handleMsr(vcpu: SvmVcpu): Handler {
  const writes = yield readVmcb('EXITINFO1');
  if (writes === 1n) yield* handleWrmsr(vcpu);
  else yield* handleRdmsr(vcpu);
}
