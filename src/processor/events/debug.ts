import { Vector } from '../../isa/exceptions';
import { Dr6 } from '../../isa/registers/debug';
import { hardwareBreakpoint, singleStep } from '../reasons/events';
import type { CpuState } from '../state/cpu-state';
import type { InterruptEvent } from './event';

/** Debug exceptions that are pending have the bits that DR6 will have (SDM 3B 18.2.3; 3C 25.4.2). */

export const SINGLE_STEP = Number(Dr6.BS);
const BREAKPOINTS = Number(Dr6.B0 | Dr6.B1 | Dr6.B2 | Dr6.B3);
const CONDITIONS = Dr6.BS | Dr6.B0 | Dr6.B1 | Dr6.B2 | Dr6.B3;

/**
 * The #DB for what is pending, which then is no more. A trap: it returns to the instruction that comes
 * next (SDM 3B 18.3.1).
 */
export function takePendingDebug(state: CpuState): InterruptEvent {
  const { pendingDebug, rip } = state;
  state.pendingDebug = 0;
  return {
    kind: 'hardware-exception',
    vector: Vector.DB,
    returnRip: rip,
    debug: BigInt(pendingDebug) & CONDITIONS,
    reason:
      pendingDebug & SINGLE_STEP ? singleStep() : hardwareBreakpoint(pendingDebug & BREAKPOINTS),
  };
}
