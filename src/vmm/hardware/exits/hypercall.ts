import { Vector } from '../../../isa/exceptions';
import { Hypercall, HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import {
  consoleWrite,
  guestRegister,
  hypercallNumber,
  setGuestRegister,
  stopGuest,
} from '../../operations';
import type { Vcpu } from '../vcpu';

/** VMCALL or VMMCALL: the guest asks for a service. Only its kernel may. */
export function* handleHypercall(vcpu: Vcpu): Handler {
  if (!(yield* vcpu.isSupervisor())) {
    yield* vcpu.inject(Vector.UD);
    return;
  }
  const number = yield hypercallNumber();
  const argument = yield guestRegister(3);
  if (number === BigInt(Hypercall.CONSOLE_WRITE)) {
    yield consoleWrite(Number(argument & 0xffn));
    yield setGuestRegister(0, 0n);
  } else if (number === BigInt(Hypercall.EXIT)) {
    yield* vcpu.advance();
    yield stopGuest({ kind: 'hypercall' });
    return;
  } else {
    yield setGuestRegister(0, HypercallError.NO_SUCH_CALL);
  }
  yield* vcpu.advance();
}
