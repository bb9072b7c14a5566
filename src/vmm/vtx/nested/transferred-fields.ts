import { VMCS_FIELDS, Field } from '../../../isa/vmx/fields';
import type { FieldAccess } from '../../../processor/vmx/field-access';

/** Which fields go between VMCS12 and VMCS02 as they are. */

/** Those that go by controls or belong to whoever made the VMCS: see `guest-state.ts`. */
const APART: ReadonlySet<Field> = new Set([
  Field.VMCS_LINK_POINTER,
  Field.GUEST_DR7,
  Field.GUEST_IA32_DEBUGCTL,
  Field.GUEST_IA32_EFER,
  Field.GUEST_IA32_PAT,
  Field.VMX_PREEMPTION_TIMER_VALUE,
  Field.GUEST_PDPTE0,
  Field.GUEST_PDPTE1,
  Field.GUEST_PDPTE2,
  Field.GUEST_PDPTE3,
  Field.VM_INSTRUCTION_ERROR,
]);

const ofArea = (area: 'guest' | 'exit-information', fields: FieldAccess): Field[] =>
  VMCS_FIELDS.filter((row) => row.area === area && fields.exists(row.encoding))
    .map(({ encoding }) => encoding)
    .filter((field) => !APART.has(field));

/** The guest-state area: to VMCS02 with a VM entry, back with a VM exit. */
export const guestFields = (fields: FieldAccess): readonly Field[] => ofArea('guest', fields);

/** What a VM exit tells. */
export const exitFields = (fields: FieldAccess): readonly Field[] =>
  ofArea('exit-information', fields);

/** Controls beside the bits that are merged: what L1 wants of L2, the monitor wants nothing of. */
const CONTROLS: readonly Field[] = [
  Field.EXCEPTION_BITMAP,
  Field.PAGE_FAULT_ERROR_CODE_MASK,
  Field.PAGE_FAULT_ERROR_CODE_MATCH,
  Field.CR0_GUEST_HOST_MASK,
  Field.CR0_READ_SHADOW,
  Field.CR4_GUEST_HOST_MASK,
  Field.CR4_READ_SHADOW,
  Field.CR3_TARGET_COUNT,
  Field.CR3_TARGET_VALUE0,
  Field.CR3_TARGET_VALUE1,
  Field.CR3_TARGET_VALUE2,
  Field.CR3_TARGET_VALUE3,
  Field.TSC_OFFSET,
  Field.PLE_GAP,
  Field.PLE_WINDOW,
  Field.XSS_EXIT_BITMAP,
  Field.VM_ENTRY_INTR_INFO,
  Field.VM_ENTRY_EXCEPTION_ERROR_CODE,
  Field.VM_ENTRY_INSTRUCTION_LEN,
];

export const controlFields = (fields: FieldAccess): readonly Field[] =>
  CONTROLS.filter((field) => fields.exists(field));
