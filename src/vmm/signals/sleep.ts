import { WideRflags } from '../../isa/registers/flags';
import type { Handler } from '../operation';
import { stopGuest } from '../operations';
import type { Turns } from '../schedule/turns';
import { fallAsleep, hasWoken, wakeUp } from './operations';
import type { SignalledVcpu } from './signalled-vcpu';

/**
 * One of several virtual processors has executed HLT: it rests until an interrupt, if it takes any, or what no flag masks.
 *
 * @param flags its RFLAGS
 */
export function* sleep(vcpu: SignalledVcpu, flags: bigint, turns: Turns): Handler {
  const nmi = yield* vcpu.nmiState();
  if (nmi === 'due') return;
  const hearsInterrupts = (flags & WideRflags.IF) !== 0n;
  if ((yield fallAsleep(hearsInterrupts, nmi === 'blocked')) === 0n) {
    yield stopGuest({ kind: 'halted' });
    return;
  }
  while ((yield hasWoken()) === 0n) yield* turns.rest();
  yield wakeUp();
}
