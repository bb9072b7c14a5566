import { DebugCtl } from '../../isa/registers/msr-fields';
import { Msr } from '../../isa/registers/msr';
import { VirtualizationExtensions } from '../../isa/svm/control-fields';
import type { CpuState } from '../state/cpu-state';
import type { Vmcb } from './vmcb';

/** Records of branches, which a guest may have of its own (APM 2 15.23). */

const RECORDS = [
  [Msr.LAST_BRANCH_FROM_IP, 'BR_FROM'],
  [Msr.LAST_BRANCH_TO_IP, 'BR_TO'],
  [Msr.LAST_INT_FROM_IP, 'LASTEXCPFROM'],
  [Msr.LAST_INT_TO_IP, 'LASTEXCPTO'],
] as const;

const WRITABLE = BigInt(DebugCtl.LBR | DebugCtl.BTF);

/** Whether VMRUN and #VMEXIT exchange them, and DebugCtl. */
export const virtualizesBranches = (vmcb: Vmcb): boolean =>
  (vmcb.read('VIRTUALIZATION_EXTENSIONS') & VirtualizationExtensions.LBR) !== 0n;

/** @param area the VMCB, or that of the host's state */
export function saveBranchState(state: CpuState, area: Vmcb): void {
  area.put('DBGCTL', state.msr(Msr.DEBUGCTL));
  for (const [msr, field] of RECORDS) area.put(field, state.msr(msr));
}

export function loadBranchState(state: CpuState, area: Vmcb): void {
  state.setMsr(Msr.DEBUGCTL, area.read('DBGCTL') & WRITABLE);
  for (const [msr, field] of RECORDS) state.setMsr(msr, area.read(field));
}
