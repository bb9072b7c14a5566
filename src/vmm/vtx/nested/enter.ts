import { Interruptibility } from '../../../isa/vmx/events';
import { ENTRY_FAILURE, ExitReason } from '../../../isa/vmx/exit-reasons';
import { Field } from '../../../isa/vmx/fields';
import { VmInstructionError } from '../../../isa/vmx/instruction-errors';
import type { Handler } from '../../operation';
import { readVcpu, vmptrld, vmread, writeVcpu } from '../../operations';
import { advanceRip } from '../advance-rip';
import type { VtxVcpu } from '../vtx-vcpu';
import { fail, failInvalid, mayExecute } from './answers';
import { loadHostState } from './host-state';
import { leftBehind, type LeftBehind } from './left-behind';
import { loadMsrs } from './msr-areas';
import { NONE, type NestedVtx } from './nested-vtx';
import { isLaunched12, judgeVmcs12, setLaunched12, verdictOf, writeVmcs12 } from './operations';
import { fillVmcs02 } from './vmcs02';

const BY_MOV_SS = BigInt(Interruptibility.BLOCKING_BY_MOV_SS);
const MSR_LOADING = BigInt((ENTRY_FAILURE | ExitReason.ENTRY_FAILURE_MSR_LOADING) >>> 0);

/**
 * VMLAUNCH or VMRESUME of L1's (SDM 3C chapter 27): VMCS02 is made of VMCS12, and by it the processor is entered next.
 * L1 has passed the instruction then, as far as anybody counts; where it goes on is for the host state to say.
 */
export function* enterL2(vcpu: VtxVcpu, nested: NestedVtx, launch: boolean): Handler {
  if (!(yield* mayExecute())) return;
  if ((yield readVcpu('vmcs12')) === NONE) {
    yield* failInvalid();
    return;
  }
  const error = yield* refusedAtOnce(launch);
  if (error !== undefined) {
    yield* fail(error);
    return;
  }
  const verdict = verdictOf(yield judgeVmcs12());
  if (verdict.kind === 'VMfailValid') {
    yield* fail(verdict.error);
    return;
  }
  yield* advanceRip();
  const left = yield* leftBehind();
  if (verdict.kind === 'VM exit') yield* failLate(vcpu, nested, left, verdict);
  else yield* begin(vcpu, nested, left);
}

/** Before any check of the VMCS (SDM 3C 27.1). @returns the VM-instruction error */
function* refusedAtOnce(launch: boolean): Handler<number | undefined> {
  const blocking = yield vmread(Field.GUEST_INTERRUPTIBILITY_INFO);
  if (blocking & BY_MOV_SS) return VmInstructionError.ENTRY_BLOCKED_BY_MOV_SS;
  const launched = (yield isLaunched12()) === 1n;
  if (launch && launched) return VmInstructionError.VMLAUNCH_NOT_CLEAR;
  if (!launch && !launched) return VmInstructionError.VMRESUME_NOT_LAUNCHED;
  return undefined;
}

/** The checks have been passed. An MSR of the VM-entry MSR-load area may still put an end to it (SDM 3C 27.4). */
function* begin(vcpu: VtxVcpu, nested: NestedVtx, left: LeftBehind): Handler {
  yield* fillVmcs02(vcpu, nested, left);
  const refused = yield* loadMsrs(
    vcpu,
    Field.VM_ENTRY_MSR_LOAD_ADDR,
    Field.VM_ENTRY_MSR_LOAD_COUNT,
  );
  if (refused === undefined) {
    yield setLaunched12();
    return;
  }
  const loaded = yield* leftBehind();
  yield writeVcpu('in_l2', 0n);
  yield* failLate(vcpu, nested, loaded, { reason: MSR_LOADING, qualification: BigInt(refused) });
}

/** A VM entry that fails after it began is a VM exit: only reason and qualification are recorded (SDM 3C 27.8). */
function* failLate(
  vcpu: VtxVcpu,
  { vmcs01 }: NestedVtx,
  left: LeftBehind,
  { reason, qualification }: { readonly reason: bigint; readonly qualification: bigint },
): Handler {
  yield writeVmcs12(Field.VM_EXIT_REASON, reason);
  yield writeVmcs12(Field.EXIT_QUALIFICATION, qualification);
  yield vmptrld(vmcs01);
  yield* loadHostState(vcpu, left);
}
