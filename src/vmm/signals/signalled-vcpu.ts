import type { Handler } from '../operation';

/** A virtual processor of several, as handlers deal with what others tell it: each technique has its own way. */
export interface SignalledVcpu {
  /**
   * The registers that transitions switch are as after INIT (SDM 3A table 10-1; APM 2 14.1.3), and no event is on its way to
   * the guest. MSRs stay.
   */
  initialize(): Handler;
  /** Real mode at a page below 1 MByte (SDM 3A 9.4.4). @param vector the number of the page, 8 bits */
  startAt(vector: number): Handler;
  /** Whether it is in the handler of an NMI, or has one that is on its way: 'due'. */
  nmiState(): Handler<'open' | 'blocked' | 'due'>;
  /** It gets an NMI: now, or as soon as it can take one. */
  deliverNmi(): Handler;
}
