import { SvmExit } from '../../../isa/svm/exit-codes';
import { MOV_CR } from '../../../isa/svm/exit-information';
import { writeCr3 } from '../../hardware/exits/cr3';
import { injectGeneralProtection } from '../../hardware/exits/fault';
import { doInSoftware } from '../../hardware/exits/in-software';
import type { Handler } from '../../operation';
import { guestRegister, setGuestRegister } from '../../operations';
import { readVmcb } from '../operations';
import type { SvmVcpu } from '../svm-vcpu';

const CR3 = 3;
const GPR = 15n;
const NUMBER = 15n;

/**
 * MOV to and from control registers, CLTS, LMSW, SMSW. What MOV moves is told by decode assists (APM 2 15.8.1). CR0 and CR4
 * exit with shadow paging alone: software does the instruction, over the registers that the monitor keeps.
 */
export function* handleControlRegister(vcpu: SvmVcpu): Handler {
  const code = yield readVmcb('EXITCODE');
  const information = yield readVmcb('EXITINFO1');
  if (Number(code & NUMBER) !== CR3 || (information & MOV_CR) === 0n) {
    yield* doInSoftware(vcpu, Number(code));
    return;
  }
  const gpr = Number(information & GPR);
  if (code < BigInt(SvmExit.CR_WRITE)) {
    const value = yield* vcpu.cr3();
    yield setGuestRegister(gpr, value);
    yield* vcpu.advance();
    return;
  }
  const value = yield guestRegister(gpr);
  if (yield* writeCr3(vcpu, value)) yield* vcpu.advance();
  else yield* injectGeneralProtection(vcpu);
}
