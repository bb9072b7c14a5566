import type { TaskContext } from '../tasks/task-switch';
import { deliverThroughIdt } from './protected-mode';
import { deliverThroughLongIdt } from './long-mode';
import { deliverThroughIvt } from './real-mode';
import type { InterruptEvent } from './event';

export type DeliveryContext = TaskContext;

/**
 * Delivers an event through the IDT (SDM 3A 6.12, 6.14; real mode: 3B 21.1.4). On success execution
 * continues at the handler.
 *
 * @throws Fault raised by the delivery itself; registers are then as they were before, and NMIs blocked by
 *   one that could not be delivered
 */
export function deliverEvent(cpu: DeliveryContext, event: InterruptEvent): void {
  const { state } = cpu;
  if (event.kind === 'NMI') state.nmiBlocked = true;
  if (!state.protectedMode) deliverThroughIvt(cpu, event);
  else if (state.longMode) deliverThroughLongIdt(cpu, event);
  else deliverThroughIdt(cpu, event);
  state.interruptShadow = 'none';
  state.activity = 'active';
  state.monitored = undefined;
}
