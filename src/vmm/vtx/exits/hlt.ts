import { Rflags } from '../../../isa/registers/flags';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { interruptPending, stopGuest, vmread } from '../../operations';
import type { Turns } from '../../schedule/turns';
import { advanceRip } from '../advance-rip';
import type { VtxPaging } from '../paging/vtx-paging';

/** The guest waits for an interrupt: others may have the processor, or the host rests until there is one for it. */
export function* handleHlt(_: VtxPaging, turns: Turns): Handler {
  yield* advanceRip();
  const flags = yield vmread(Field.GUEST_RFLAGS);
  if ((flags & BigInt(Rflags.IF)) === 0n) {
    yield stopGuest({ kind: 'halted' });
    return;
  }
  while ((yield interruptPending()) === 0n) yield* turns.rest();
}
