import { WideRflags } from '../../../isa/registers/flags';
import type { Handler } from '../../operation';
import { interruptPending, stopGuest } from '../../operations';
import type { Turns } from '../../schedule/turns';
import { sleep } from '../../signals/sleep';
import type { Vcpu } from '../vcpu';

/** The guest waits for an interrupt: others may have the processor, or the host rests until there is one for it. */
export function* handleHlt(vcpu: Vcpu, turns: Turns): Handler {
  yield* vcpu.advance();
  const flags = yield* vcpu.rflags();
  if (turns.siblings) {
    yield* sleep(vcpu, flags, turns);
    return;
  }
  if ((flags & WideRflags.IF) === 0n) {
    yield stopGuest({ kind: 'halted' });
    return;
  }
  while ((yield interruptPending()) === 0n) yield* turns.rest();
}
