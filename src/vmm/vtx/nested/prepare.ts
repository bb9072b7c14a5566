import { revisionOf } from '../../../isa/vmx/capabilities';
import { Msr } from '../../../isa/registers/msr';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { vmclear, vmptrld, vmwrite, writeHostPhysical, writeVcpu } from '../../operations';
import { writeHostState, type VmcsPlan } from '../vmcs-setup';
import { NONE, type NestedVtx } from './nested-vtx';

/** Where the bits for writes begin. */
const WRITES = 2048;

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
  yield* interceptMsrs(nested, plan);
}

/** What L1 has of the MSRs of VMX is not the processor's: where others do not exit, these do, in bits of the low MSRs (SDM 3C 25.6.9). */
function* interceptMsrs({ capabilities }: NestedVtx, { msrBitmap }: VmcsPlan): Handler {
  const words = new Map<number, number>();
  for (const number of [Msr.FEATURE_CONTROL, ...capabilities.msrs.keys()]) {
    words.set(number >> 5, (words.get(number >> 5) ?? 0) | (1 << (number & 31)));
  }
  for (const [word, bits] of words) {
    yield writeHostPhysical(msrBitmap + 4 * word, bits >>> 0);
    yield writeHostPhysical(msrBitmap + WRITES + 4 * word, bits >>> 0);
  }
}
