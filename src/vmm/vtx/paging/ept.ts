import { WideCr0, WideEfer, CR0_WRITABLE, WideCr4 } from '../../../isa/registers/control';
import { EntryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { invept, mappingsChanged, vmread, vmwrite } from '../../operations';
import { PDPTE_FIELDS } from '../guest-paging';
import type { Translations } from '../../hardware/translations';
import type { VtxPaging } from './vtx-paging';

/** With EPT the processor uses the guest's own page tables: the guest has its control registers. */

function* field(which: Field): Handler<bigint> {
  return yield vmread(which);
}

/** The guest sees what it wrote (the read shadow); the processor gets the bits that VMX insists on. */
function* setCr0(value: bigint): Handler {
  yield vmwrite(Field.CR0_READ_SHADOW, (value & CR0_WRITABLE) | WideCr0.ET);
  yield vmwrite(Field.GUEST_CR0, (value & CR0_WRITABLE) | (WideCr0.ET | WideCr0.NE));
}

/** VMXE stays set for the processor; the guest sees it clear. */
function* setCr4(value: bigint): Handler {
  yield vmwrite(Field.CR4_READ_SHADOW, value);
  yield vmwrite(Field.GUEST_CR4, value | WideCr4.VMXE);
}

function* setEfer(value: bigint): Handler {
  yield vmwrite(Field.GUEST_IA32_EFER, value);
}

/** A VM-entry control must say so, too. */
function* setLongMode(on: boolean): Handler {
  const efer = yield vmread(Field.GUEST_IA32_EFER);
  const controls = yield vmread(Field.VM_ENTRY_CONTROLS);
  const guest = BigInt(EntryControl.IA32E_MODE_GUEST);
  const lma = WideEfer.LMA;
  yield vmwrite(Field.GUEST_IA32_EFER, on ? efer | lma : efer & ~lma);
  yield vmwrite(Field.VM_ENTRY_CONTROLS, on ? controls | guest : controls & ~guest);
}

function* setPdptes(entries: readonly bigint[]): Handler {
  for (const [n, which] of PDPTE_FIELDS.entries()) yield vmwrite(which, entries[n] ?? 0n);
}

/** Guest-physical pages lead elsewhere: the EPT has followed, and the TLB has to, whatever the tags. */
function* followMappings(): Handler {
  const changed = yield mappingsChanged();
  if (changed === 1n) yield invept();
}

/** With "unrestricted guest" the processor runs real mode, too. */
function* runsEverything(): Handler<boolean> {
  return false;
}

export const eptPaging = (translations: Translations): VtxPaging => ({
  name: 'ept',
  translations,
  cr0: () => field(Field.GUEST_CR0),
  cr3: () => field(Field.GUEST_CR3),
  cr4: () => field(Field.GUEST_CR4),
  efer: () => field(Field.GUEST_IA32_EFER),
  setCr0,
  *setCr3(value) {
    yield vmwrite(Field.GUEST_CR3, value);
    yield* translations.forgetNonGlobal();
  },
  *setCr4(value) {
    yield* setCr4(value);
    yield* translations.forgetAll();
  },
  setEfer,
  setLongMode,
  setPdptes,
  pagingTurned: () => translations.forgetAll(),
  needsSoftware: runsEverything,
  follow: followMappings,
});
