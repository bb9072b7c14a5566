import { CR0_WRITABLE, WideCr0, WideEfer } from '../../../isa/registers/control';
import { EntryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import {
  mappingsChanged,
  readVcpu,
  shadowRoot,
  vmread,
  vmwrite,
  writeVcpu,
} from '../../operations';
import { PDPTE_REGISTERS } from '../../hardware/vcpu-area';
import { enteredCr0, enteredCr4, enteredEfer } from './entered';
import type { Translations } from '../../hardware/translations';
import type { VtxPaging } from './vtx-paging';

/** With shadow paging the guest has control registers of which the processor gets others: see `entered.ts`. */

/** A register as the guest reads it: the bits in the mask from the read shadow, the others its own. */
function* visible(actual: Field, shadow: Field, maskField: Field): Handler<bigint> {
  const mask = yield vmread(maskField);
  const shown = yield vmread(shadow);
  const real = yield vmread(actual);
  return (real & ~mask) | (shown & mask);
}

const visibleCr0 = (): Handler<bigint> =>
  visible(Field.GUEST_CR0, Field.CR0_READ_SHADOW, Field.CR0_GUEST_HOST_MASK);
const visibleCr4 = (): Handler<bigint> =>
  visible(Field.GUEST_CR4, Field.CR4_READ_SHADOW, Field.CR4_GUEST_HOST_MASK);

function* cr3(): Handler<bigint> {
  return yield readVcpu('cr3');
}

function* efer(): Handler<bigint> {
  return yield readVcpu('efer');
}

function* setCr0(value: bigint): Handler {
  yield vmwrite(Field.CR0_READ_SHADOW, (value & CR0_WRITABLE) | WideCr0.ET);
  const cr4 = yield* visibleCr4();
  yield vmwrite(Field.GUEST_CR0, enteredCr0(value));
  yield vmwrite(Field.GUEST_CR4, enteredCr4(cr4, value));
}

function* setCr4(value: bigint): Handler {
  const cr0 = yield vmread(Field.CR0_READ_SHADOW);
  yield vmwrite(Field.CR4_READ_SHADOW, value);
  yield vmwrite(Field.GUEST_CR4, enteredCr4(value, cr0));
}

function* setEfer(value: bigint): Handler {
  yield writeVcpu('efer', value);
  yield vmwrite(Field.GUEST_IA32_EFER, enteredEfer(value));
}

function* setLongMode(on: boolean): Handler {
  const old = yield readVcpu('efer');
  const value = on ? old | WideEfer.LMA : old & ~WideEfer.LMA;
  yield writeVcpu('efer', value);
  yield vmwrite(Field.GUEST_IA32_EFER, enteredEfer(value));
  const controls = yield vmread(Field.VM_ENTRY_CONTROLS);
  const guest = BigInt(EntryControl.IA32E_MODE_GUEST);
  yield vmwrite(Field.VM_ENTRY_CONTROLS, on ? controls | guest : controls & ~guest);
}

function* setPdptes(entries: readonly bigint[]): Handler {
  for (const [n, which] of PDPTE_REGISTERS.entries()) yield writeVcpu(which, entries[n] ?? 0n);
}

/** CR3 gets the root of the shadow tables for the guest's address space, which are kept from the last time. */
export function* loadShadowRoot(translations: Translations): Handler {
  const root = yield shadowRoot();
  yield vmwrite(Field.GUEST_CR3, root);
  yield* translations.forgetAll();
}

/** There is no real mode in VMX non-root operation without "unrestricted guest", which needs EPT. */
function* inRealMode(): Handler<boolean> {
  const cr0 = yield vmread(Field.CR0_READ_SHADOW);
  return (cr0 & WideCr0.PE) === 0n;
}

export const shadowPaging = (translations: Translations): VtxPaging => ({
  name: 'shadow',
  translations,
  cr0: visibleCr0,
  cr3,
  cr4: visibleCr4,
  efer,
  *setCr0(value) {
    yield* setCr0(value);
    yield* loadShadowRoot(translations);
  },
  *setCr3(value) {
    yield writeVcpu('cr3', value);
    yield* loadShadowRoot(translations);
  },
  *setCr4(value) {
    yield* setCr4(value);
    yield* loadShadowRoot(translations);
  },
  setEfer,
  setLongMode,
  setPdptes,
  pagingTurned: () => loadShadowRoot(translations),
  needsSoftware: inRealMode,
  /** Entries have been cleared, or all of them: the processor must not use what it knows of them. */
  *follow() {
    const changed = yield mappingsChanged();
    if (changed === 1n) yield* loadShadowRoot(translations);
  },
});
