import { SecondaryControl, VmFunctionControl } from '../../isa/vmx/controls';
import { Field } from '../../isa/vmx/fields';
import type { GuestModeHost } from '../guest-mode/host';
import type { Controls } from './controls';
import { isValidEptp } from './entry-checks';
import type { Vmcs } from './vmcs';

/** The EPTP list is a page of EPT pointers (SDM 3C 25.6.14). */
const EPTP_LIST_ENTRIES = 512;

/**
 * VM functions (SDM 3C 26.5.6): EAX tells which one.
 *
 * @returns false when it is not enabled or has failed: a VM exit instead
 */
export function callVmFunction(cpu: GuestModeHost, vmcs: Vmcs, controls: Controls): boolean {
  const number = Number(cpu.state.gpr(0) & 0xffffffffn);
  const enabled = number < 64 && (vmcs.read(Field.VM_FUNCTION_CONTROL) >> BigInt(number)) & 1n;
  if (!enabled || 1 << number !== VmFunctionControl.EPTP_SWITCHING) return false;
  return switchEptp(cpu, vmcs, controls);
}

/** EPTP switching: ECX tells which entry of the list (SDM 3C 26.5.6.3). */
function switchEptp(cpu: GuestModeHost, vmcs: Vmcs, controls: Controls): boolean {
  const { physical, vmx } = cpu;
  const index = Number(cpu.state.gpr(1) & 0xffffffffn);
  if (index >= EPTP_LIST_ENTRIES) return false;
  const eptp = physical.read64(Number(vmcs.read(Field.EPTP_LIST_ADDRESS)) + 8 * index);
  if (!isValidEptp(eptp, vmx.capabilities)) return false;
  vmcs.write(Field.EPT_POINTER, eptp);
  if (controls.secondary & SecondaryControl.EPT_VIOLATION_VE) vmcs.write(Field.EPTP_INDEX, index);
  vmx.active?.enterAddressSpace(controls);
  return true;
}
