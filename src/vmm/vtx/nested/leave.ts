import {
  EntryControl,
  ExitControl,
  PinBasedControl,
  SecondaryControl,
} from '../../../isa/vmx/controls';
import { InterruptionInfo } from '../../../isa/vmx/events';
import { Field } from '../../../isa/vmx/fields';
import { VmxAbort } from '../../../isa/vmx/instruction-errors';
import { Msr } from '../../../isa/registers/msr';
import type { Handler } from '../../operation';
import { rdmsr, vmptrld, vmread, writeVcpu } from '../../operations';
import { PDPTE_FIELDS } from '../guest-paging';
import type { VtxVcpu } from '../vtx-vcpu';
import { controls12 } from './controls';
import { abort, loadHostState } from './host-state';
import { leftBehind } from './left-behind';
import { secondaryOf, type ControlFields } from './merged-controls';
import { storeMsrs } from './msr-areas';
import type { NestedVtx } from './nested-vtx';
import { readVmcs12, writeVmcs12 } from './operations';
import { exitFields, guestFields } from './transferred-fields';

/** A VM exit of L2 that L1 gets (SDM 3C chapter 28). VMCS02 is current before, VMCS01 afterwards. */

const has = (controls: bigint, mask: number): boolean => (controls & BigInt(mask >>> 0)) !== 0n;

/** As the processor has told it to the monitor. */
export function* passOn(vcpu: VtxVcpu, nested: NestedVtx): Handler {
  for (const field of exitFields(nested.fields)) yield writeVmcs12(field, yield vmread(field));
  yield* leaveL2(vcpu, nested);
}

/** What else a VM exit tells, by field; what is not given is 0. */
type Told = readonly (readonly [field: Field, value: bigint])[];

/** A VM exit that is L1's alone: the processor has told the monitor another one, or none. */
export function* passOnAs(vcpu: VtxVcpu, nested: NestedVtx, reason: number, told: Told): Handler {
  const values = new Map<Field, bigint>([[Field.VM_EXIT_REASON, BigInt(reason)], ...told]);
  for (const field of exitFields(nested.fields)) yield writeVmcs12(field, values.get(field) ?? 0n);
  yield* leaveL2(vcpu, nested);
}

function* leaveL2(vcpu: VtxVcpu, nested: NestedVtx): Handler {
  const controls = yield* controls12();
  yield* saveGuestState(nested, controls);
  const stored = yield* storeMsrs(
    vcpu,
    Field.VM_EXIT_MSR_STORE_ADDR,
    Field.VM_EXIT_MSR_STORE_COUNT,
  );
  if (!stored) {
    yield* abort(VmxAbort.SAVING_GUEST_MSRS);
    return;
  }
  const left = yield* leftBehind();
  yield writeVcpu('in_l2', 0n);
  yield vmptrld(nested.vmcs01);
  yield* loadHostState(vcpu, left);
}

function* saveGuestState(nested: NestedVtx, controls: ControlFields): Handler {
  for (const field of guestFields(nested.fields)) yield* copy(field);
  const { pin, exit } = controls;
  if (has(exit, ExitControl.SAVE_DEBUG_CONTROLS)) {
    yield* copy(Field.GUEST_DR7);
    yield* copy(Field.GUEST_IA32_DEBUGCTL);
  }
  if (has(exit, ExitControl.SAVE_EFER)) yield* copy(Field.GUEST_IA32_EFER);
  if (has(exit, ExitControl.SAVE_PAT)) {
    yield writeVmcs12(Field.GUEST_IA32_PAT, yield rdmsr(Msr.PAT));
  }
  const timer = has(pin, PinBasedControl.ACTIVATE_PREEMPTION_TIMER);
  if (timer && has(exit, ExitControl.SAVE_PREEMPTION_TIMER)) {
    yield* copy(Field.VMX_PREEMPTION_TIMER_VALUE);
  }
  if (has(secondaryOf(controls), SecondaryControl.ENABLE_EPT)) {
    for (const field of PDPTE_FIELDS) yield* copy(field);
  }
  yield* saveEntryFields(controls);
}

/** The event of the VM entry has been delivered; with an unrestricted guest a control follows the guest's mode (SDM 3C 28.2, 28.2.1). */
function* saveEntryFields(controls: ControlFields): Handler {
  const event = yield readVmcs12(Field.VM_ENTRY_INTR_INFO);
  const valid = BigInt(InterruptionInfo.VALID);
  if (event & valid) yield writeVmcs12(Field.VM_ENTRY_INTR_INFO, event & ~valid);
  if (!has(secondaryOf(controls), SecondaryControl.UNRESTRICTED_GUEST)) return;
  const mode = BigInt(EntryControl.IA32E_MODE_GUEST);
  const entered = (yield vmread(Field.VM_ENTRY_CONTROLS)) & mode;
  if ((controls.entry & mode) !== entered) {
    yield writeVmcs12(Field.VM_ENTRY_CONTROLS, (controls.entry & ~mode) | entered);
  }
}

function* copy(field: Field): Handler {
  yield writeVmcs12(field, yield vmread(field));
}
