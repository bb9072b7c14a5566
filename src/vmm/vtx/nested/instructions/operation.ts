import { Vector } from '../../../../isa/exceptions';
import { WideCr4 } from '../../../../isa/registers/control';
import { FeatureControl } from '../../../../isa/registers/msr-fields';
import { Field } from '../../../../isa/vmx/fields';
import { VmInstructionError } from '../../../../isa/vmx/instruction-errors';
import type { Handler } from '../../../operation';
import { readGuestPhysical, readVcpu, vmread, writeVcpu } from '../../../operations';
import { injectException, injectGeneralProtection } from '../../inject';
import { fail, failInvalid, mayExecute, requireRing0, succeed } from '../answers';
import { lacksFixedBits } from '../fixed-bits';
import { readMemoryOperand } from '../operands';
import { isRegion, NONE, type NestedVtx } from '../nested-vtx';

/** Into VMX operation, and out of it (SDM 3C 31.3, VMXON and VMXOFF). */

const ALLOWED = FeatureControl.LOCK | FeatureControl.VMX_OUTSIDE_SMX;

export function* vmxon(nested: NestedVtx): Handler {
  if ((yield readVcpu('vmxon12')) !== NONE) {
    if (yield* requireRing0()) yield* fail(VmInstructionError.VMXON_IN_ROOT);
    return;
  }
  if (((yield vmread(Field.CR4_READ_SHADOW)) & WideCr4.VMXE) === 0n) {
    yield* injectException(Vector.UD);
    return;
  }
  if (!(yield* requireRing0())) return;
  const control = yield readVcpu('feature_control');
  if ((control & ALLOWED) !== ALLOWED || (yield* lacksFixedBits(nested))) {
    yield* injectGeneralProtection();
    return;
  }
  const pointer = yield* readMemoryOperand(8);
  if (pointer === undefined) return;
  if (!isRegion(nested, pointer) || !(yield* hasRevision(nested, pointer))) {
    yield* failInvalid();
    return;
  }
  yield writeVcpu('vmxon12', pointer);
  yield writeVcpu('vmcs12', NONE);
  yield* succeed();
}

export function* vmxoff(): Handler {
  if (!(yield* mayExecute())) return;
  yield writeVcpu('vmxon12', NONE);
  yield writeVcpu('vmcs12', NONE);
  yield* succeed();
}

/** Whether a region begins with the revision identifier of the guest's VMCSs; bit 31 would say that it is a shadow VMCS. */
export function* hasRevision(nested: NestedVtx, pointer: bigint): Handler<boolean> {
  return (yield readGuestPhysical(pointer, 4)) === BigInt(nested.capabilities.revision);
}
