import { SvmExit } from '../../../isa/svm/exit-codes';
import { IoInformation } from '../../../isa/svm/exit-information';
import { doInSoftware } from '../../hardware/exits/in-software';
import { accessPort, type PortBytes } from '../../hardware/exits/ports';
import type { Handler } from '../../operation';
import { readVmcb } from '../operations';
import type { SvmVcpu } from '../svm-vcpu';

const { TYPE, STR, SZ8, SZ16, SZ32, PORT_SHIFT } = IoInformation;
const SIZES = SZ8 | SZ16 | SZ32;

/**
 * IN, OUT, INS and OUTS: EXITINFO1 tells the access (APM 2 15.10.2). Where a string instruction has its operand in memory is
 * not told, so software does the whole instruction, repetitions included.
 */
export function* handleIoio(vcpu: SvmVcpu): Handler {
  const information = Number(yield readVmcb('EXITINFO1'));
  if (information & STR) {
    yield* doInSoftware(vcpu, SvmExit.IOIO);
    return;
  }
  yield* accessPort(vcpu, {
    port: (information >>> PORT_SHIFT) & 0xffff,
    // The three bits are 1, 2 and 4 in their place.
    bytes: ((information & SIZES) / SZ8) as PortBytes,
    input: (information & TYPE) !== 0,
  });
}
