import { DebugCtl } from '../../isa/registers/msr-fields';
import { Msr } from '../../isa/registers/msr';
import type { CpuState } from '../state/cpu-state';

/** The last branch, and the last one before an exception or interrupt, of AMD's processors (APM 2 13.1.1). */

/** Whether branches are recorded. */
export const recordsBranches = (state: CpuState): boolean =>
  state.profile.isAmd && (state.msr(Msr.DEBUGCTL) & BigInt(DebugCtl.LBR)) !== 0n;

/** A branch has been taken. */
export function recordBranch(state: CpuState, from: bigint, to: bigint): void {
  state.setMsr(Msr.LAST_BRANCH_FROM_IP, from);
  state.setMsr(Msr.LAST_BRANCH_TO_IP, to);
}

/** An exception or interrupt is delivered: which branch was the last one before it. */
export function recordBeforeEvent(state: CpuState): void {
  if (!recordsBranches(state)) return;
  state.setMsr(Msr.LAST_INT_FROM_IP, state.msr(Msr.LAST_BRANCH_FROM_IP));
  state.setMsr(Msr.LAST_INT_TO_IP, state.msr(Msr.LAST_BRANCH_TO_IP));
}
