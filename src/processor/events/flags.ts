import { Rflags } from '../../isa/registers/flags';
import type { InterruptEvent } from './event';

/** What every delivery does to RFLAGS; an interrupt gate also clears IF. */
export function clearFlags(flags: bigint, interruptGate: boolean): bigint {
  const always = BigInt(Rflags.TF | Rflags.NT | Rflags.RF | Rflags.VM);
  return flags & ~always & ~(interruptGate ? BigInt(Rflags.IF) : 0n);
}

/** RFLAGS as a fault pushes it: RF is set, so that the instruction can be restarted (SDM 3B 18.3.1.1). */
export function flagsImage(flags: bigint, event: InterruptEvent): bigint {
  return event.kind === 'hardware-exception' ? flags | BigInt(Rflags.RF) : flags;
}
