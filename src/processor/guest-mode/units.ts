import type { SvmUnit } from '../svm/unit';
import type { VmxUnit } from '../vmx/unit';
import type { GuestModeHost } from './host';

/** The units of hardware virtualization that a processor has, made for it. */
export interface VirtualizationUnits {
  vmx(cpu: GuestModeHost): VmxUnit;
  svm(cpu: GuestModeHost): SvmUnit;
}
