import { Rflags } from '../../../isa/registers/flags';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import {
  armHostTimer,
  hostHalt,
  interruptPending,
  stopGuest,
  vmread,
  waitForInput,
} from '../../operations';
import { advanceRip } from '../advance-rip';

/** The guest waits for an interrupt: the host may rest until there is one for it. */
export function* handleHlt(): Handler {
  yield* advanceRip();
  const flags = yield vmread(Field.GUEST_RFLAGS);
  if ((flags & BigInt(Rflags.IF)) === 0n) {
    yield stopGuest({ kind: 'halted' });
    return;
  }
  while ((yield interruptPending()) === 0n) {
    yield armHostTimer();
    const woken = yield hostHalt();
    if (woken === 0n) yield waitForInput();
  }
}
