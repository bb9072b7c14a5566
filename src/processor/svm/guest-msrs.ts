import { Msr } from '../../isa/registers/msr';
import type { VmcbFieldId } from '../../isa/svm/vmcb';
import type { CpuState } from '../state/cpu-state';
import { canonical } from './canonical';
import { LEFT_SEGMENTS, readSegment, writeSegment } from './segments';
import type { Vmcb } from './vmcb';

/** What VMLOAD and VMSAVE move: the hidden state that neither VMRUN nor #VMEXIT does (APM 2 15.5.2). */

/** Each with its MSR. Those with an address hold a canonical one. */
export const HIDDEN_MSRS: readonly (readonly [VmcbFieldId, number, 'address'?])[] = [
  ['KERNEL_GS_BASE', Msr.KERNEL_GS_BASE, 'address'],
  ['STAR', Msr.STAR],
  ['LSTAR', Msr.LSTAR, 'address'],
  ['CSTAR', Msr.CSTAR, 'address'],
  ['SFMASK', Msr.FMASK],
  ['SYSENTER_CS', Msr.SYSENTER_CS],
  ['SYSENTER_ESP', Msr.SYSENTER_ESP, 'address'],
  ['SYSENTER_EIP', Msr.SYSENTER_EIP, 'address'],
];

/** VMLOAD. Whoever calls sees to the derived state. */
export function loadHidden(state: CpuState, vmcb: Vmcb): void {
  for (const index of LEFT_SEGMENTS) state.setSegment(index, readSegment(vmcb, index));
  for (const [field, msr, address] of HIDDEN_MSRS) {
    const value = vmcb.read(field);
    state.setMsr(msr, address ? canonical(value) : value);
  }
}

/** VMSAVE. */
export function saveHidden(state: CpuState, vmcb: Vmcb): void {
  for (const index of LEFT_SEGMENTS) writeSegment(state, vmcb, index);
  for (const [field, msr] of HIDDEN_MSRS) vmcb.put(field, state.msr(msr));
  vmcb.written();
}
