import { Rflags } from '../../isa/registers/flags';
import type { CpuState } from '../state/cpu-state';

/** How a VMX instruction ended (SDM 3C 31.2). */
export type VmxOutcome =
  | { readonly kind: 'VMsucceed' }
  | { readonly kind: 'VMfailInvalid' }
  | { readonly kind: 'VMfailValid'; readonly error: number };

export const VM_SUCCEED: VmxOutcome = { kind: 'VMsucceed' };
export const VM_FAIL_INVALID: VmxOutcome = { kind: 'VMfailInvalid' };

/** Sets the status flags as a VMX instruction leaves them (SDM 3C 31.2). */
export function setOutcomeFlags(state: CpuState, outcome: VmxOutcome): void {
  if (outcome.kind === 'VMfailInvalid') state.setStatusFlags(Rflags.CF);
  else if (outcome.kind === 'VMfailValid') state.setStatusFlags(Rflags.ZF);
  else state.setStatusFlags(0);
}
