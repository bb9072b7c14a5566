import {
  EntryControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
} from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { Msr } from '../../../isa/registers/msr';
import { WideCr0, WideCr4, WideEfer } from '../../../isa/registers/control';
import { loadPdptes } from '../../hardware/exits/cr3';
import type { Handler } from '../../operation';
import { invept, readVcpu, vmptrld, vmwrite, writeVcpu, wrmsr } from '../../operations';
import { PDPTE_FIELDS } from '../guest-paging';
import type { VtxVcpu } from '../vtx-vcpu';
import { controls12, ownControls } from './controls';
import type { LeftBehind } from './left-behind';
import { mergedControls, secondaryOf, type ControlFields } from './merged-controls';
import type { NestedVtx } from './nested-vtx';
import { forgetShadowEpt, mergeMsrBitmaps, readVmcs12 } from './operations';
import { controlFields, guestFields } from './transferred-fields';

/** What the processor runs L2 by is made anew with each VM entry of L1's. VMCS01 is current before, VMCS02 afterwards. */

const has = (controls: bigint, mask: number): boolean => (controls & BigInt(mask >>> 0)) !== 0n;

/** @param left what L1 has in registers that the VM entry may leave alone */
export function* fillVmcs02(vcpu: VtxVcpu, nested: NestedVtx, left: LeftBehind): Handler {
  const own = yield* ownControls();
  const wanted = yield* controls12();
  yield vmptrld(nested.vmcs02);
  yield writeVcpu('in_l2', 1n);
  yield* writeControls(nested, own, wanted);
  yield* writeSecondLevel(nested, wanted);
  yield* writeGuestState(nested, wanted, left);
  yield* writePdptes(vcpu, wanted);
  // Whatever L1 calls L2's translations, and whether it does: none of earlier ones is used.
  yield* vcpu.translations.forgetAll();
}

function* writeControls(nested: NestedVtx, own: ControlFields, wanted: ControlFields): Handler {
  const merged = mergedControls(own, wanted);
  yield vmwrite(Field.PIN_BASED_VM_EXEC_CONTROL, merged.pin);
  yield vmwrite(Field.CPU_BASED_VM_EXEC_CONTROL, merged.primary);
  yield vmwrite(Field.SECONDARY_VM_EXEC_CONTROL, merged.secondary);
  yield vmwrite(Field.VM_EXIT_CONTROLS, merged.exit);
  yield vmwrite(Field.VM_ENTRY_CONTROLS, merged.entry);
  for (const field of controlFields(nested.fields)) yield vmwrite(field, yield readVmcs12(field));
  if (has(merged.primary, PrimaryControl.USE_MSR_BITMAPS)) {
    yield mergeMsrBitmaps(yield readVmcs12(Field.MSR_BITMAP));
  }
  if (has(wanted.pin, PinBasedControl.ACTIVATE_PREEMPTION_TIMER)) {
    const ticks = yield readVmcs12(Field.VMX_PREEMPTION_TIMER_VALUE);
    yield vmwrite(Field.VMX_PREEMPTION_TIMER_VALUE, ticks);
  }
}

/** Where L1 has no EPT for it, L2's physical addresses are L1's. */
function* writeSecondLevel({ ept01, ept02 }: NestedVtx, wanted: ControlFields): Handler {
  if (!has(secondaryOf(wanted), SecondaryControl.ENABLE_EPT)) {
    yield vmwrite(Field.EPT_POINTER, ept01);
    return;
  }
  const ept12 = yield readVmcs12(Field.EPT_POINTER);
  if (ept12 !== (yield readVcpu('ept12'))) {
    yield forgetShadowEpt();
    yield invept();
    yield writeVcpu('ept12', ept12);
  }
  yield vmwrite(Field.EPT_POINTER, ept02);
}

function* writeGuestState(nested: NestedVtx, wanted: ControlFields, left: LeftBehind): Handler {
  for (const field of guestFields(nested.fields)) yield vmwrite(field, yield readVmcs12(field));
  const loadsDebug = has(wanted.entry, EntryControl.LOAD_DEBUG_CONTROLS);
  const dr7 = loadsDebug ? yield readVmcs12(Field.GUEST_DR7) : left.dr7;
  const debugctl = loadsDebug ? yield readVmcs12(Field.GUEST_IA32_DEBUGCTL) : left.debugctl;
  yield vmwrite(Field.GUEST_DR7, dr7);
  yield vmwrite(Field.GUEST_IA32_DEBUGCTL, debugctl);
  yield vmwrite(Field.GUEST_IA32_EFER, yield* enteredEfer(wanted.entry, left.efer));
  // IA32_PAT stays in the processor, as with every guest.
  if (has(wanted.entry, EntryControl.LOAD_PAT)) {
    yield wrmsr(Msr.PAT, yield readVmcs12(Field.GUEST_IA32_PAT));
  }
}

/** Without "load IA32_EFER" only LMA and LME follow the mode (SDM 3C 27.3.2.1). */
function* enteredEfer(entry: bigint, before: bigint): Handler<bigint> {
  if (has(entry, EntryControl.LOAD_EFER)) return yield readVmcs12(Field.GUEST_IA32_EFER);
  const both = WideEfer.LMA | WideEfer.LME;
  if (has(entry, EntryControl.IA32E_MODE_GUEST)) return before | both;
  const cr0 = yield readVmcs12(Field.GUEST_CR0);
  return before & ~(cr0 & WideCr0.PG ? both : WideEfer.LMA);
}

/** Without an EPT of L1's the processor would load them from memory; with the monitor's it takes them from the VMCS. */
function* writePdptes(vcpu: VtxVcpu, wanted: ControlFields): Handler {
  if (has(secondaryOf(wanted), SecondaryControl.ENABLE_EPT)) {
    for (const field of PDPTE_FIELDS) yield vmwrite(field, yield readVmcs12(field));
    return;
  }
  const cr0 = yield readVmcs12(Field.GUEST_CR0);
  const cr4 = yield readVmcs12(Field.GUEST_CR4);
  const long = has(wanted.entry, EntryControl.IA32E_MODE_GUEST);
  if (cr0 & WideCr0.PG && cr4 & WideCr4.PAE && !long) {
    yield* loadPdptes(vcpu, yield readVmcs12(Field.GUEST_CR3));
  }
}
