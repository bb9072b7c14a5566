import { Vector } from '../../../isa/exceptions';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import type { Handler } from '../../operation';
import { injectException } from '../inject';
import type { VtxVcpu } from '../vtx-vcpu';
import { enterL2 } from './enter';
import { handleL2EptViolation } from './ept-violation';
import { vmread, vmwrite } from './instructions/fields';
import { invept, invvpid } from './instructions/invalidation';
import { vmxoff, vmxon } from './instructions/operation';
import { vmclear, vmptrld, vmptrst } from './instructions/regions';
import { passOn } from './leave';
import type { NestedVtx } from './nested-vtx';
import { isForL1 } from './wanted';

type Instruction = (nested: NestedVtx, vcpu: VtxVcpu) => Handler;

/** What the monitor does for L1 instead of the processor. */
const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map<number, Instruction>([
  [ExitReason.VMXON, vmxon],
  [ExitReason.VMXOFF, vmxoff],
  [ExitReason.VMCLEAR, vmclear],
  [ExitReason.VMPTRLD, vmptrld],
  [ExitReason.VMPTRST, vmptrst],
  [ExitReason.VMREAD, vmread],
  [ExitReason.VMWRITE, vmwrite],
  [ExitReason.INVEPT, invept],
  [ExitReason.INVVPID, invvpid],
  [ExitReason.VMLAUNCH, (nested, vcpu) => enterL2(vcpu, nested, true)],
  [ExitReason.VMRESUME, (nested, vcpu) => enterL2(vcpu, nested, false)],
]);

/** A VMX instruction of a guest that has been told of VMX. */
export function* handleVmxInstructionOfL1(
  vcpu: VtxVcpu,
  nested: NestedVtx,
  reason: number,
): Handler {
  const instruction = INSTRUCTIONS.get(reason);
  if (instruction) yield* instruction(nested, vcpu);
  else yield* injectException(Vector.UD);
}

/**
 * What answers a VM exit of L2's: L1 gets it, or the monitor puts the two EPTs together.
 *
 * @returns undefined where it is one of the monitor's, which it answers as if it were L1's
 */
export function* l2ExitHandler(
  nested: NestedVtx,
  reason: number,
): Handler<((vcpu: VtxVcpu) => Handler) | undefined> {
  if (reason === ExitReason.EPT_VIOLATION) return (vcpu) => handleL2EptViolation(vcpu, nested);
  if (yield* isForL1(reason)) return (vcpu) => passOn(vcpu, nested);
  return undefined;
}
