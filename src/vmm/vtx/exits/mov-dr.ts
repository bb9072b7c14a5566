import { DR7_INITIAL, DR7_WRITABLE } from '../../../isa/registers/debug';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import {
  guestRegister,
  readDebugRegister,
  setGuestRegister,
  vmread,
  vmwrite,
  writeDebugRegister,
} from '../../operations';
import { advanceRip } from '../advance-rip';

/** MOV to and from debug registers: DR7 lies in the VMCS, the others in the processor. */
export function* handleMovDr(): Handler {
  const qualification = yield vmread(Field.EXIT_QUALIFICATION);
  const number = Number(qualification & 7n);
  const gpr = Number((qualification >> 8n) & 15n);
  const register = number === 4 || number === 5 ? number + 2 : number;
  if ((qualification & 16n) !== 0n) {
    const value = yield register === 7 ? vmread(Field.GUEST_DR7) : readDebugRegister(register);
    yield setGuestRegister(gpr, value);
  } else {
    const value = yield guestRegister(gpr);
    yield register === 7
      ? vmwrite(Field.GUEST_DR7, (value & DR7_WRITABLE) | DR7_INITIAL)
      : writeDebugRegister(register, value);
  }
  yield* advanceRip();
}
