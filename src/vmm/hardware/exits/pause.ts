import type { Handler } from '../../operation';
import type { Turns } from '../../schedule/turns';
import type { Vcpu } from '../vcpu';

/** The guest waits in a loop: perhaps for another of its virtual processors, which gets its turn. */
export function* handlePause(vcpu: Vcpu, turns: Turns): Handler {
  yield* vcpu.advance();
  if (turns.siblings) yield* turns.over();
}
