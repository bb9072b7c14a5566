import { Vector } from '../../isa/exceptions';
import { Dr6, WideDr7 } from '../../isa/registers/debug';
import { DebugCtl } from '../../isa/registers/msr-fields';
import { Msr } from '../../isa/registers/msr';
import { Fault, Held, TripleFault } from '../faults';
import type { InstructionContext } from '../execution/instruction-context';
import { doubleFault, softwareEvent } from '../reasons/events';
import type { ProcessorObserver } from '../stop';
import { recordBeforeEvent } from './branch-records';
import { deliverEvent, type DeliveryContext } from './deliver';
import { isException, makesDoubleFault, type InterruptEvent } from './event';

const BREAKPOINTS = Dr6.B0 | Dr6.B1 | Dr6.B2 | Dr6.B3;

/** The processor as the delivery of events sees it. */
export interface EventTarget
  extends DeliveryContext, Pick<InstructionContext, 'guestMode' | 'tally'> {
  readonly observer: ProcessorObserver;
  /** Whether somebody wants to stop before an event that the present instruction raises. */
  holds(event: InterruptEvent): boolean;
}

/**
 * DR6 tells the conditions of a debug exception, and of breakpoints those alone; DR7.GD and IA32_DEBUGCTL.BTF and LBR are cleared for its
 * handler (SDM 3B 18.2.3, 18.2.4, 18.4.3; APM 2 13.1.1).
 */
export function noteDebugConditions(state: EventTarget['state'], conditions: bigint): void {
  const { dr } = state;
  state.setMsr(Msr.DEBUGCTL, state.msr(Msr.DEBUGCTL) & ~BigInt(DebugCtl.BTF | DebugCtl.LBR));
  dr[6] = ((dr[6] ?? 0n) & ~BREAKPOINTS) | conditions;
  dr[7] = (dr[7] ?? 0n) & ~WideDr7.GD;
}

/** The event as it stands in a chain of faults. */
const faultOf = ({ vector, errorCode, address, reason, kind }: InterruptEvent): Fault =>
  new Fault(vector, reason ?? softwareEvent(kind, vector), errorCode, address);

/** Brings events to their handlers: faults on the way become further events, up to the triple fault. */
export class EventDelivery {
  /** The event whose delivery is under way (IDT-vectoring information, SDM 3C 28.2.4). */
  inProgress: InterruptEvent | undefined;
  /** Whether the event that was delivered last is the one that was asked for, and not what got in its way. */
  arrived = true;
  /** The exceptions of the last triple fault, first to last. */
  faultChain: readonly Fault[] = [];

  constructor(private readonly cpu: EventTarget) {}

  /**
   * Delivers an event through the IDT, or leaves non-root operation by a VM exit.
   *
   * @param injected by a VM entry: exceptions are not intercepted then (SDM 3C 27.6.1)
   * @throws TripleFault, or the WorldSwitch of a VM exit
   */
  deliver(event: InterruptEvent, injected: boolean): void {
    const chain: Fault[] = [];
    this.arrived = true;
    let during: InterruptEvent | undefined;
    let current = event;
    for (;;) {
      const intercepts = isException(current) && !(injected && current === event);
      if (intercepts && this.cpu.guestMode.exception(current, during)) return;
      const fault = this.attempt(current);
      if (!fault) return;
      this.holdFaultOf(current, event, fault);
      this.arrived = false;
      chain.push(faultOf(current));
      const second = this.eventOf(fault);
      const isLast = current.vector === Vector.DF && isException(current);
      const double = isException(current) && makesDoubleFault(current.vector, fault.vector);
      // An exception that is intercepted leaves guest mode by itself, not as a double or triple fault.
      if ((isLast || double) && this.cpu.guestMode.exception(second, current)) return;
      if (isLast) {
        this.shutDown([...chain, faultOf(second)]);
        return;
      }
      during = current;
      current = second;
      if (double) {
        chain.push(faultOf(second));
        current = this.eventOf(new Fault(Vector.DF, doubleFault(), 0));
        // A double fault that exits is no exit during the delivery of what led to it (SDM 3C 28.2.4).
        during = this.inProgress = undefined;
      }
    }
  }

  /**
   * A fault on the way of a software interrupt, before which the instruction can still be held.
   *
   * @throws Held
   */
  private holdFaultOf(current: InterruptEvent, first: InterruptEvent, fault: Fault): void {
    if (current !== first || first.kind !== 'software-interrupt') return;
    const event = this.eventOf(fault);
    if (!this.cpu.holds(event)) return;
    this.inProgress = undefined;
    throw new Held(event);
  }

  /** The event that a fault at the present instruction is. */
  eventOf(fault: Fault): InterruptEvent {
    const { state } = this.cpu;
    return {
      kind: 'hardware-exception',
      vector: fault.vector,
      errorCode: state.protectedMode ? fault.errorCode : undefined,
      returnRip: state.rip,
      address: fault.address,
      debug: fault.debug,
      reason: fault.reason,
    };
  }

  /** Goes through the IDT; gives back the fault that got in the way. */
  private attempt(event: InterruptEvent): Fault | undefined {
    const { state, observer, tally } = this.cpu;
    const { vector, kind, errorCode, address, reason } = event;
    if (vector === Vector.PF && address !== undefined) state.cr2 = address;
    if (event.debug !== undefined) noteDebugConditions(state, event.debug);
    this.inProgress = event;
    const from = state.rip;
    try {
      deliverEvent(this.cpu, event);
    } catch (thrown) {
      if (thrown instanceof Fault) return thrown;
      throw thrown;
    }
    this.inProgress = undefined;
    recordBeforeEvent(state);
    tally.noteDelivery(kind);
    observer.delivered?.({ vector, kind, from, errorCode, address, reason });
    return undefined;
  }

  /** A third fault (SDM 3A 6.15, interrupt 8): a VM exit, or the end. */
  private shutDown(chain: readonly Fault[]): void {
    this.inProgress = undefined;
    this.faultChain = chain;
    if (!this.cpu.guestMode.tripleFault()) throw new TripleFault(chain);
  }
}
