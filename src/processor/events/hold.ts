import type { PhysicalMemory } from '../physical-memory';
import type { ProcessorObserver } from '../stop';
import type { DeliveryContext } from './deliver';
import type { InterruptEvent } from './event';

/** The processor as whoever holds an event sees it. */
interface HoldContext extends Pick<DeliveryContext, 'state' | 'mmu' | 'guestMode'> {
  readonly physical: PhysicalMemory;
  readonly observer: ProcessorObserver;
  readonly retired: number;
}

/**
 * Lets an observer stop the processor before an event that the present instruction raises. The
 * instruction stays undone and is done again later: to the machine nothing has happened.
 */
export class EventHold {
  private heldAt: { readonly retired: number; readonly rip: bigint } | undefined;

  constructor(private readonly cpu: HoldContext) {}

  /** Whether the observer wants to stop here. Once told, it is not asked when the instruction is done again. */
  asks(event: InterruptEvent): boolean {
    const { observer, retired, state } = this.cpu;
    const again = this.heldAt?.retired === retired && this.heldAt.rip === state.rip;
    this.heldAt = undefined;
    if (again || !observer.raising?.(event, this.vectorIsEmpty(event))) return false;
    this.heldAt = { retired, rip: state.rip };
    return true;
  }

  /** Whether a vector of real-address mode is 0000:0000, as where nobody has installed a handler. */
  private vectorIsEmpty(event: InterruptEvent): boolean {
    const { state, mmu, physical, guestMode } = this.cpu;
    const { vector, kind } = event;
    const { base, limit } = state.idtr;
    if (state.protectedMode || vector * 4 + 3 > limit) return false;
    if (kind.endsWith('exception') && guestMode.takesException(event)) return false;
    const { host } = mmu.probe(base + BigInt(vector * 4));
    return host !== undefined && physical.read32(host) === 0;
  }
}
