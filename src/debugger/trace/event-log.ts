import type { Processor } from '../../processor/processor';

/** An event that was delivered to the guest through its IDT. */
export interface DeliveredEvent {
  readonly vector: number;
  /** 'external-interrupt', 'hardware-exception', 'software-interrupt', … */
  readonly kind: string;
  /** RIP of the instruction before which, or by which, it came. */
  readonly from: bigint;
  /** The handler's first stack pointer: where the pushed frame lies. */
  readonly stack: bigint;
}

const KEPT = 256;

/** Remembers the latest events delivered to the guest, for the call stack and for steps. */
export class EventLog {
  private readonly byStack = new Map<bigint, DeliveredEvent>();
  /** Number of events so far. */
  count = 0;
  last: DeliveredEvent | undefined;

  constructor(cpu: Processor) {
    cpu.observer.delivered = ({ vector, kind, from }) => {
      const event = { vector, kind, from, stack: cpu.state.gpr(4) };
      this.count++;
      this.last = event;
      this.byStack.delete(event.stack); // the newest one at a place goes to the end
      this.byStack.set(event.stack, event);
      if (this.byStack.size <= KEPT) return;
      const oldest = this.byStack.keys().next();
      if (!oldest.done) this.byStack.delete(oldest.value);
    };
  }

  /** The event whose frame lies at this stack pointer, if any was pushed there. */
  at(stack: bigint): DeliveredEvent | undefined {
    return this.byStack.get(stack);
  }
}
