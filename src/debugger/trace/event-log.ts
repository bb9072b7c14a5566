import { Vector } from '../../isa/exceptions';
import type { InterruptEvent } from '../../processor/events/event';
import type { Persistent } from '../../processor/persistent';
import type { Processor } from '../../processor/processor';
import type { Reason } from '../../processor/reasons/reason';

/** An event that was delivered to the guest through its IDT. */
export interface DeliveredEvent {
  readonly vector: number;
  /** 'external-interrupt', 'hardware-exception', 'software-interrupt', … */
  readonly kind: string;
  /** RIP of the instruction before which, or by which, it came. */
  readonly from: bigint;
  /** The handler's first stack pointer: where the pushed frame lies. */
  readonly stack: bigint;
  readonly errorCode?: number | undefined;
  /** The faulting linear address (#PF). */
  readonly address?: bigint | undefined;
  /** Why, of an exception that the processor raised. */
  readonly reason?: Reason | undefined;
  /** Whether somebody could have stopped at the instruction that raised it. */
  readonly asked: boolean;
}

/** An event that the present instruction raises; nothing has been done yet. */
export interface RaisedEvent extends Omit<InterruptEvent, 'returnRip'> {
  readonly from: bigint;
  /** In real-address mode: its vector is 0000:0000. */
  readonly emptyVector: boolean;
}

/** An exception of the processor's own: vectors 0 to 31. */
export function isException(event: { readonly kind: string; readonly vector: number }): boolean {
  return event.kind.endsWith('exception') && event.vector < 32;
}

/** The faulting linear address of a delivered event: of a page fault that was injected it is in CR2 alone. */
export function faultAddress(
  event: Pick<DeliveredEvent, 'vector' | 'kind' | 'address'>,
  { state }: Processor,
): bigint | undefined {
  const isPageFault = event.kind === 'hardware-exception' && event.vector === Number(Vector.PF);
  return isPageFault ? (event.address ?? state.cr2) : event.address;
}

const KEPT = 256;

export interface EventLogState {
  readonly byStack: ReadonlyMap<bigint, DeliveredEvent>;
  readonly count: number;
  readonly last: DeliveredEvent | undefined;
}

/** Remembers the latest events delivered to the guest, for the call stack and for steps. */
export class EventLog implements Persistent<EventLogState> {
  private readonly byStack = new Map<bigint, DeliveredEvent>();
  /** Number of events so far. */
  count = 0;
  last: DeliveredEvent | undefined;
  /** The event that is about to be delivered, if it was raised by an instruction. */
  raised: RaisedEvent | undefined;
  /** Whether the computer is to come back before a raised event is delivered. */
  asks: (event: RaisedEvent) => boolean = () => false;
  /** Is told of each delivered event. */
  told: (event: DeliveredEvent) => void = () => undefined;

  /**
   * @param processors all that may deliver events to the guest
   * @param isPresent whether it has them: other guests may be on the computer, too
   */
  constructor(
    processors: readonly Processor[],
    private readonly isPresent: () => boolean,
  ) {
    for (const cpu of processors) this.observe(cpu);
  }

  private observe(cpu: Processor): void {
    const others = { ...cpu.observer };
    cpu.observer.raising = (event, emptyVector) => {
      if (!this.isPresent()) return others.raising?.(event, emptyVector) ?? false;
      this.raised = { ...event, from: cpu.state.rip, emptyVector };
      return this.asks(this.raised);
    };
    cpu.observer.delivered = (delivered) => {
      if (!this.isPresent()) {
        others.delivered?.(delivered);
        return;
      }
      const asked = this.raised?.vector === delivered.vector;
      const address = faultAddress(delivered, cpu);
      const event = { ...delivered, address, stack: cpu.state.gpr(4), asked };
      this.raised = undefined;
      this.count++;
      this.last = event;
      this.byStack.delete(event.stack); // the newest one at a place goes to the end
      this.byStack.set(event.stack, event);
      this.told(event);
      if (this.byStack.size <= KEPT) return;
      const oldest = this.byStack.keys().next();
      if (!oldest.done) this.byStack.delete(oldest.value);
    };
  }

  save(): EventLogState {
    const { byStack, count, last } = this;
    return { byStack: new Map(byStack), count, last };
  }

  restore({ byStack, count, last }: EventLogState): void {
    this.byStack.clear();
    for (const [stack, event] of byStack) this.byStack.set(stack, event);
    this.count = count;
    this.last = last;
    this.raised = undefined;
    this.asks = () => false;
  }

  /** The event whose frame lies at this stack pointer, if any was pushed there. */
  at(stack: bigint): DeliveredEvent | undefined {
    return this.byStack.get(stack);
  }
}
