import { AccessRights } from '../../../isa/access-rights';
import { Vector } from '../../../isa/exceptions';
import { Field } from '../../../isa/vmx/fields';
import { Hypercall, HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import {
  consoleWrite,
  guestRegister,
  hypercallNumber,
  setGuestRegister,
  stopGuest,
  vmread,
} from '../../operations';
import { advanceRip } from '../advance-rip';
import { injectException } from '../inject';

/** VMCALL: the guest asks for a service. Only its kernel may. */
export function* handleVmcall(): Handler {
  const rights = yield vmread(Field.GUEST_SS_AR_BYTES);
  if ((rights & BigInt(AccessRights.DPL)) !== 0n) {
    yield* injectException(Vector.UD);
    return;
  }
  const number = yield hypercallNumber();
  const argument = yield guestRegister(3);
  if (number === BigInt(Hypercall.CONSOLE_WRITE)) {
    yield consoleWrite(Number(argument & 0xffn));
    yield setGuestRegister(0, 0n);
  } else if (number === BigInt(Hypercall.EXIT)) {
    yield* advanceRip();
    yield stopGuest({ kind: 'hypercall' });
    return;
  } else {
    yield setGuestRegister(0, HypercallError.NO_SUCH_CALL);
  }
  yield* advanceRip();
}
