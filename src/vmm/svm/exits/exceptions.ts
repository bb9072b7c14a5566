import { Vector } from '../../../isa/exceptions';
import { SvmExit } from '../../../isa/svm/exit-codes';
import { handleHypercall } from '../../hardware/exits/hypercall';
import { answerPageFault } from '../../hardware/exits/page-fault';
import type { Handler } from '../../operation';
import { readGuestPhysical, translateGuest } from '../../operations';
import { completeInstruction, readVmcb } from '../operations';
import { endShadow } from '../advance';
import type { SvmVcpu } from '../svm-vcpu';

/** With shadow paging: the error code, and the linear address (APM 2 15.12.15). */
export function* handlePageFault(vcpu: SvmVcpu): Handler {
  const errorCode = yield readVmcb('EXITINFO1');
  const linear = yield readVmcb('EXITINFO2');
  yield* answerPageFault(vcpu, { linear, errorCode, reason: SvmExit.EXCEPTION + Vector.PF });
}

/** 0F 01 C1 */
const VMCALL = [0x0fn, 0x01n, 0xc1n];

/**
 * VMCALL is Intel's: AMD's processors do not have it. A guest that calls its monitor by it is answered all the same, so that
 * one program runs on both; everything else that is undefined is the guest's own affair.
 */
export function* handleUndefinedOpcode(vcpu: SvmVcpu): Handler {
  if (!(yield* isVmcall())) {
    yield* vcpu.inject(Vector.UD);
    return;
  }
  const rip = yield readVmcb('RIP');
  yield* handleHypercall({
    ...vcpu,
    *advance() {
      yield completeInstruction(BigInt.asUintN(64, rip + BigInt(VMCALL.length)));
      yield* endShadow();
    },
  });
}

function* isVmcall(): Handler<boolean> {
  const base = yield readVmcb('CS_BASE');
  const rip = yield readVmcb('RIP');
  for (const [n, expected] of VMCALL.entries()) {
    const address = yield translateGuest(BigInt.asUintN(64, base + rip + BigInt(n)), false);
    if (address < 0n) return false;
    const byte = yield readGuestPhysical(address, 1);
    if (byte !== expected) return false;
  }
  return true;
}
