import { AccessRights } from '../../../isa/access-rights';
import { Vector } from '../../../isa/exceptions';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { consoleWrite, guestRegister, setGuestRegister, stopGuest, vmread } from '../../operations';
import { advanceRip } from '../advance-rip';
import { injectException } from '../inject';

/** The hypercalls that this monitor knows: number in RAX, argument in RBX, result in RAX. */
export const Hypercall = {
  /** Prints the byte in BL. */
  CONSOLE_WRITE: 1,
  /** Ends the guest. */
  EXIT: 2,
} as const;

const NO_SUCH_CALL = (1n << 64n) - 1n;

/** VMCALL: the guest asks for a service. Only its kernel may. */
export function* handleVmcall(): Handler {
  const rights = yield vmread(Field.GUEST_SS_AR_BYTES);
  if ((rights & BigInt(AccessRights.DPL)) !== 0n) {
    yield* injectException(Vector.UD);
    return;
  }
  const number = yield guestRegister(0);
  const argument = yield guestRegister(3);
  if (number === BigInt(Hypercall.CONSOLE_WRITE)) {
    yield consoleWrite(Number(argument & 0xffn));
    yield setGuestRegister(0, 0n);
  } else if (number === BigInt(Hypercall.EXIT)) {
    yield* advanceRip();
    yield stopGuest({ kind: 'hypercall' });
    return;
  } else {
    yield setGuestRegister(0, NO_SUCH_CALL);
  }
  yield* advanceRip();
}
