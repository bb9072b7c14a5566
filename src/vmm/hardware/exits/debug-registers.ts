import { DR7_INITIAL, DR7_WRITABLE } from '../../../isa/registers/debug';
import type { Handler } from '../../operation';
import {
  guestRegister,
  readDebugRegister,
  setGuestRegister,
  writeDebugRegister,
} from '../../operations';
import type { Vcpu } from '../vcpu';

/** MOV to and from debug registers: DR7 is switched, the others are in the processor. */
export function* moveDebugRegister(
  vcpu: Vcpu,
  move: { readonly number: number; readonly gpr: number; readonly reads: boolean },
): Handler {
  const { number, gpr, reads } = move;
  const register = number === 4 || number === 5 ? number + 2 : number;
  if (reads) {
    const value = register === 7 ? yield* vcpu.dr7() : yield readDebugRegister(register);
    yield setGuestRegister(gpr, value);
  } else {
    const value = yield guestRegister(gpr);
    if (register === 7) yield* vcpu.setDr7((value & DR7_WRITABLE) | DR7_INITIAL);
    else yield writeDebugRegister(register, value);
  }
  yield* vcpu.advance();
}
