import { Rflags } from '../../isa/registers/flags';
import type { InstructionContext } from '../instruction-context';
import { deliverThroughIdt } from './protected-mode';
import { deliverThroughLongIdt } from './long-mode';
import { deliverThroughIvt } from './real-mode';
import type { InterruptEvent } from './event';

export type DeliveryContext = Pick<InstructionContext, 'state' | 'mmu' | 'updateDerivedState'>;

/**
 * Delivers an event through the IDT (SDM 3A 6.12, 6.14; real mode: 3B 21.1.4). On success execution
 * continues at the handler.
 *
 * @throws Fault raised by the delivery itself; registers are then as they were before
 */
export function deliverEvent(cpu: DeliveryContext, event: InterruptEvent): void {
  const { state } = cpu;
  if (!state.protectedMode) deliverThroughIvt(cpu, event);
  else if (state.longMode) deliverThroughLongIdt(cpu, event);
  else deliverThroughIdt(cpu, event);
  state.interruptShadow = 'none';
  state.activity = 'active';
}

/** What every delivery does to RFLAGS; an interrupt gate also clears IF. */
export function clearFlags(flags: bigint, interruptGate: boolean): bigint {
  const always = BigInt(Rflags.TF | Rflags.NT | Rflags.RF | Rflags.VM);
  return flags & ~always & ~(interruptGate ? BigInt(Rflags.IF) : 0n);
}

/** RFLAGS as a fault pushes it: RF is set, so that the instruction can be restarted (SDM 3B 18.3.1.1). */
export function flagsImage(flags: bigint, event: InterruptEvent): bigint {
  return event.kind === 'hardware-exception' ? flags | BigInt(Rflags.RF) : flags;
}
