import { Gpr } from '../../../isa/registers/general';
import { COMMON_CALLS, Hypercall, HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import { consoleWrite, stopGuest } from '../../operations';
import { paravirtCall } from '../../paravirt/hypercalls';
import { readArgument } from '../../paravirt/operations';
import type { Turns } from '../../schedule/turns';
import { offersCall, readRegister, writeRegister } from '../operations';

/** VMCALL, which this processor in software has for the guest's kernel: it asks the monitor for a service. */
export function* handleHypercall(turns: Turns): Handler {
  const number = yield readRegister(Gpr.RAX);
  if (number === BigInt(Hypercall.EXIT)) {
    yield stopGuest({ kind: 'hypercall' });
    return;
  }
  if (!COMMON_CALLS.includes(Number(number))) {
    yield writeRegister(Gpr.RAX, yield* handleParavirtCall(number, turns));
    return;
  }
  const argument = yield readRegister(Gpr.RBX);
  yield consoleWrite(Number(argument & 0xffn));
  yield writeRegister(Gpr.RAX, 0n);
}

/** A call that only a paravirtual guest has. */
function* handleParavirtCall(number: bigint, turns: Turns): Handler<bigint> {
  const call = (yield offersCall(number)) === 1n ? paravirtCall(number) : undefined;
  if (!call) return HypercallError.NO_SUCH_CALL;
  const first = yield readArgument(Gpr.RBX, 'RBX');
  const second = yield readArgument(Gpr.RCX, 'RCX');
  return yield* call(first, second, yield readArgument(Gpr.RDX, 'RDX'), turns);
}
