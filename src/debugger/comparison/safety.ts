import type { Machine } from '../../session';

/** What was accessed although nobody is there. */
export interface Stray {
  /** A port, or the physical address of a page. */
  readonly address: number;
  readonly reads: number;
  readonly writes: number;
}

/** What the guest has tried to touch and could not, as far as it is known. */
export interface Safety {
  readonly ports: readonly Stray[];
  /** Guest-physical. */
  readonly pages: readonly Stray[];
}

/** What a guest that has run has tried to touch where nobody is. */
export function safetyOf({ platform, computer, vm }: Machine): Safety {
  // Under a monitor an address of the guest's that leads nowhere comes to the guest's bus.
  const { unanswered } = vm ? vm.monitor.host.bus : computer.processor.tally;
  return { ports: strays(platform.ports.unclaimed), pages: strays(unanswered.pages) };
}

const strays = (
  counted: ReadonlyMap<number, { readonly reads: number; readonly writes: number }>,
): Stray[] =>
  [...counted]
    .map(([address, { reads, writes }]) => ({ address, reads, writes }))
    .sort((a, b) => a.address - b.address);
