import { reservedBits as reservedOf } from '../../isa/bits';
import { WideEfer } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { TSC_RATIO, VM_CR, VmCr } from '../../isa/registers/msr-fields';
import { generalProtection } from '../faults';
import { msrValue, reservedBits } from '../reasons/registers';
import { PAGE_SIZE } from '../state/layout';
import type { CpuState } from '../state/cpu-state';

/** The MSRs of SVM (APM 2 15.30). */

/** Whether EFER.SVME can be set (APM 2 15.4). */
export const mayEnableSvm = (state: CpuState): boolean =>
  !state.profile.has('SVM') || (state.msr(Msr.VM_CR) & VmCr.SVMDIS) === 0n;

/**
 * Writes an MSR, if it is one of SVM.
 *
 * @throws Fault #GP(0) when the value is not allowed
 */
export function writeSvmMsr(state: CpuState, number: number, value: bigint): boolean {
  switch (number) {
    case Msr.VM_CR:
      writeVmCr(state, value);
      return true;
    case Msr.SVM_KEY:
      writeKey(state, value);
      return true;
    case Msr.VM_HSAVE_PA:
      checkAddress(state, value);
      state.setMsr(number, value);
      return true;
    case Msr.TSC_RATIO: {
      const reserved = value & reservedOf(TSC_RATIO, 64);
      if (reserved) throw generalProtection(reservedBits('TSC_RATIO', reserved, 'APM 2 15.30.5'));
      state.setMsr(number, value);
      return true;
    }
    default:
      return false;
  }
}

/** SVMDIS cannot be set while SVM is enabled; once locked, LOCK and SVMDIS stay (APM 2 15.30.1). */
function writeVmCr(state: CpuState, value: bigint): void {
  const reserved = value & reservedOf(VM_CR, 64);
  if (reserved) throw generalProtection(reservedBits('VM_CR', reserved, 'APM 2 15.30.1'));
  if (value & VmCr.SVMDIS && state.efer & WideEfer.SVME) {
    throw generalProtection(msrValue(Msr.VM_CR, value));
  }
  const before = state.msr(Msr.VM_CR);
  const kept = before & VmCr.LOCK ? VmCr.LOCK | VmCr.SVMDIS : 0n;
  state.setMsr(Msr.VM_CR, (value & ~kept) | (before & kept));
}

/** The key, which is set while there is no lock, takes the lock away; 0 is none (APM 2 15.30.3). */
function writeKey(state: CpuState, value: bigint): void {
  const control = state.msr(Msr.VM_CR);
  if (!(control & VmCr.LOCK)) {
    state.setMsr(Msr.SVM_KEY, value);
    return;
  }
  const key = state.msr(Msr.SVM_KEY);
  if (key !== 0n && key === value) state.setMsr(Msr.VM_CR, control & ~VmCr.LOCK);
}

function checkAddress(state: CpuState, value: bigint): void {
  const low = value % BigInt(PAGE_SIZE);
  if (low || value >> BigInt(state.physicalAddressWidth)) {
    throw generalProtection(msrValue(Msr.VM_HSAVE_PA, value));
  }
}
