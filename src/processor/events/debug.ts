import { Vector } from '../../isa/exceptions';
import { Dr6 } from '../../isa/registers/debug';
import { hardwareBreakpoint, singleStep } from '../reasons/events';
import type { CpuState } from '../state/cpu-state';
import type { InterruptEvent } from './event';

/** Debug exceptions that are pending have the bits that DR6 will have (SDM 3B 18.2.3; 3C 25.4.2). */

export const SINGLE_STEP = Number(Dr6.BS);
const BREAKPOINTS = Number(Dr6.B0 | Dr6.B1 | Dr6.B2 | Dr6.B3);
/** What DR6 tells of them. */
export const CONDITIONS = Dr6.BS | Dr6.B0 | Dr6.B1 | Dr6.B2 | Dr6.B3;

/**
 * The #DB for what is pending, which then is no more; none while MOV SS holds it back. A trap: it returns to the
 * instruction that comes next (SDM 3B 18.3.1).
 *
 * @param discardsBreakpoints whether only the trap of a single step is left
 */
export function takePendingDebug(
  state: CpuState,
  discardsBreakpoints: boolean,
): InterruptEvent | undefined {
  if (state.pendingDebug === 0 || state.interruptShadow === 'mov-ss') return undefined;
  const pendingDebug = discardsBreakpoints ? state.pendingDebug & SINGLE_STEP : state.pendingDebug;
  const { rip } = state;
  state.pendingDebug = 0;
  if (pendingDebug === 0) return undefined;
  return {
    kind: 'hardware-exception',
    vector: Vector.DB,
    returnRip: rip,
    debug: BigInt(pendingDebug) & CONDITIONS,
    reason:
      pendingDebug & SINGLE_STEP ? singleStep() : hardwareBreakpoint(pendingDebug & BREAKPOINTS),
  };
}
