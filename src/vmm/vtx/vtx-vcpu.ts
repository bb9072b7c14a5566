import { InterruptionInfo } from '../../isa/vmx/events';
import { Field } from '../../isa/vmx/fields';
import { fieldsOfMsrs } from '../../isa/vmx/switched-msrs';
import type { Place } from '../cpuid-answer';
import { PASSED_THROUGH } from '../hardware/passed-through';
import type { SwitchedMsr, Vcpu } from '../hardware/vcpu';
import type { Handler } from '../operation';
import { emulateEvent, vmread, vmwrite } from '../operations';
import { advanceRip, endBlocking } from './advance-rip';
import { injectException, injectPageFault, reinjectInterruptedEvent } from './inject';
import type { VtxPaging } from './paging/vtx-paging';
import { vmxMsr } from './nested/msrs';
import type { NestedVtx } from './nested/nested-vtx';
import { vtxSignals } from './signals';
import { isSupervisor } from './supervisor';

/** A virtual processor of VT-x: its registers lie in the VMCS. */
export interface VtxVcpu extends Vcpu, VtxPaging {
  /** Undefined where the guest is told that it has no VMX. */
  readonly nested: NestedVtx | undefined;
}

/**
 * MSRs that the guest has in its VMCS: those that the processor always switches, and IA32_EFER, for
 * which the controls ask.
 */
const IN_VMCS = fieldsOfMsrs('guest');
const VALID = BigInt(InterruptionInfo.VALID);

function switchedMsr(number: number): SwitchedMsr | undefined {
  const field = IN_VMCS.get(number);
  if (field === undefined) return undefined;
  return {
    *read() {
      return yield vmread(field);
    },
    *write(value) {
      yield vmwrite(field, value);
      return true;
    },
  };
}

function* deliverInSoftware(): Handler<bigint | undefined> {
  const vectoring = yield vmread(Field.IDT_VECTORING_INFO);
  if ((vectoring & VALID) === 0n) return undefined;
  const errorCode = yield vmread(Field.IDT_VECTORING_ERROR_CODE);
  return yield emulateEvent(vectoring, errorCode);
}

export const vtxVcpu = (paging: VtxPaging, place: Place, nested?: NestedVtx): VtxVcpu => ({
  ...paging,
  ...vtxSignals(paging),
  place,
  isAmd: false,
  hasGuests: nested !== undefined,
  nested,
  *rflags() {
    return yield vmread(Field.GUEST_RFLAGS);
  },
  isSupervisor,
  *dr7() {
    return yield vmread(Field.GUEST_DR7);
  },
  *setDr7(value) {
    yield vmwrite(Field.GUEST_DR7, value);
  },
  switchedMsr: (number) => (nested && vmxMsr(nested, number)) ?? switchedMsr(number),
  passedThrough: PASSED_THROUGH,
  advance: advanceRip,
  completed: endBlocking,
  inject: injectException,
  injectPageFault,
  reinject: reinjectInterruptedEvent,
  deliverInSoftware,
});
