import { SvmExit } from '../../../isa/svm/exit-codes';
import { moveDebugRegister } from '../../hardware/exits/debug-registers';
import type { Handler } from '../../operation';
import { readVmcb } from '../operations';
import type { SvmVcpu } from '../svm-vcpu';

const GPR = 15n;
const NUMBER = 15;

/** MOV to and from debug registers: the code says which, decode assists the general register (APM 2 15.8.1). */
export function* handleDebugRegister(vcpu: SvmVcpu): Handler {
  const code = Number(yield readVmcb('EXITCODE'));
  const gpr = Number((yield readVmcb('EXITINFO1')) & GPR);
  const reads = code < SvmExit.DR_WRITE;
  yield* moveDebugRegister(vcpu, { number: code & NUMBER, gpr, reads });
}
