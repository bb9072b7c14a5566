import { revisionOf } from '../../../isa/vmx/capabilities';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { vmclear, vmptrld, vmwrite, writeHostPhysical, writeVcpu } from '../../operations';
import { writeHostState, type VmcsPlan } from '../vmcs-setup';
import { NONE, type NestedVtx } from './nested-vtx';

/**
 * VMCS02 gets what is the same however often it is made of a VMCS12: VM exits of L2's come to the monitor as those of L1's
 * do. VMCS01 is current before and afterwards.
 *
 * @param basic what IA32_VMX_BASIC holds
 */
export function* prepareNested(nested: NestedVtx, plan: VmcsPlan, basic: bigint): Handler {
  yield writeVcpu('vmxon12', NONE);
  yield writeVcpu('vmcs12', NONE);
  yield writeVcpu('ept12', NONE);
  yield writeHostPhysical(nested.vmcs02, revisionOf(basic));
  yield vmclear(nested.vmcs02);
  yield vmptrld(nested.vmcs02);
  yield* writeHostState(plan);
  yield vmwrite(Field.VMCS_LINK_POINTER, NONE);
  if (nested.msrBitmap02 !== undefined) yield vmwrite(Field.MSR_BITMAP, nested.msrBitmap02);
  if (nested.vpid02 !== undefined) yield vmwrite(Field.VIRTUAL_PROCESSOR_ID, nested.vpid02);
  yield vmptrld(nested.vmcs01);
}
