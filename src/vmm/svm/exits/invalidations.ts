import { SvmExit } from '../../../isa/svm/exit-codes';
import { doInSoftware } from '../../hardware/exits/in-software';
import type { Handler } from '../../operation';
import { readVmcb } from '../operations';
import type { SvmVcpu } from '../svm-vcpu';

/** INVLPG: decode assists tell the linear address (APM 2 15.8.1). */
export function* handleInvlpg(vcpu: SvmVcpu): Handler {
  const linear = yield readVmcb('EXITINFO1');
  yield* vcpu.translations.forgetPage(linear);
  yield* vcpu.advance();
}

/**
 * Software does the instruction, with its checks and the exceptions that they raise; the translations are the processor's,
 * and all of the guest's go.
 */
export function* handleInvpcid(vcpu: SvmVcpu): Handler {
  if (yield* doInSoftware(vcpu, SvmExit.INVPCID)) yield* vcpu.translations.forgetAll();
}
