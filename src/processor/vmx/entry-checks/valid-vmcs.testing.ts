import {
  EntryControl,
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
} from '../../../isa/vmx/controls';
import { Field, type FieldId } from '../../../isa/vmx/fields';
import { DEFAULT_PROFILE } from '../../profile/default';
import type { VmxCapabilities } from '../capabilities';
import { flatMemory } from '../flat-memory.testing';
import { Vmcs } from '../vmcs';
import type { EntryContext, EntryFacts } from './view';

/** VMCSs that pass every check, for tests to spoil one field at a time. */

export type FieldValues = Partial<Record<FieldId, bigint | number>>;

const HOST_64: FieldValues = {
  HOST_CR0: 0x80000033,
  HOST_CR3: 0x5000,
  HOST_CR4: 0x2020,
  HOST_IA32_EFER: 0xd01,
  HOST_IA32_PAT: 0x0007040600070406n,
  HOST_CS_SELECTOR: 0x08,
  HOST_SS_SELECTOR: 0x10,
  HOST_DS_SELECTOR: 0x10,
  HOST_ES_SELECTOR: 0x10,
  HOST_TR_SELECTOR: 0x28,
  HOST_GDTR_BASE: 0xffff800000001000n,
  HOST_IDTR_BASE: 0xffff800000002000n,
  HOST_TR_BASE: 0xffff800000003000n,
  HOST_RSP: 0xffff800000008000n,
  HOST_RIP: 0xffff800000100000n,
};

const CONTROLS: FieldValues = {
  PIN_BASED_VM_EXEC_CONTROL:
    0x16 | PinBasedControl.EXTERNAL_INTERRUPT_EXITING | PinBasedControl.NMI_EXITING,
  CPU_BASED_VM_EXEC_CONTROL:
    (0x04006172 |
      PrimaryControl.HLT_EXITING |
      PrimaryControl.USE_MSR_BITMAPS |
      PrimaryControl.USE_IO_BITMAPS |
      PrimaryControl.ACTIVATE_SECONDARY_CONTROLS) >>>
    0,
  SECONDARY_VM_EXEC_CONTROL:
    SecondaryControl.ENABLE_EPT |
    SecondaryControl.ENABLE_VPID |
    SecondaryControl.UNRESTRICTED_GUEST,
  VIRTUAL_PROCESSOR_ID: 1,
  IO_BITMAP_A: 0x10000,
  IO_BITMAP_B: 0x11000,
  MSR_BITMAP: 0x12000,
  EPT_POINTER: 0x2005e,
  VM_EXIT_CONTROLS:
    0x36dfb |
    ExitControl.HOST_ADDRESS_SPACE_SIZE |
    ExitControl.SAVE_EFER |
    ExitControl.LOAD_EFER |
    ExitControl.LOAD_PAT,
  VM_ENTRY_CONTROLS: 0x11fb | EntryControl.LOAD_EFER | EntryControl.LOAD_DEBUG_CONTROLS,
  VMCS_LINK_POINTER: 0xffffffffffffffffn,
};

const GUEST_COMMON: FieldValues = {
  GUEST_CR3: 0x3000,
  GUEST_DR7: 0x400,
  GUEST_RFLAGS: 0x202,
  GUEST_GDTR_LIMIT: 0xffff,
  GUEST_IDTR_LIMIT: 0xffff,
  GUEST_TR_LIMIT: 0x67,
  GUEST_TR_AR_BYTES: 0x8b,
  GUEST_LDTR_AR_BYTES: 0x10000,
};

function segments(rights: number, limit: number, selector: number): FieldValues {
  return Object.fromEntries(
    ['ES', 'SS', 'DS', 'FS', 'GS'].flatMap((name) => [
      [`GUEST_${name}_AR_BYTES`, rights],
      [`GUEST_${name}_LIMIT`, limit],
      [`GUEST_${name}_SELECTOR`, selector],
    ]),
  );
}

/** A guest in 64-bit mode, ring 0. */
export const LONG_MODE: FieldValues = {
  ...HOST_64,
  ...CONTROLS,
  ...GUEST_COMMON,
  ...segments(0xc093, 0xffffffff, 0x10),
  VM_ENTRY_CONTROLS: Number(CONTROLS.VM_ENTRY_CONTROLS) | EntryControl.IA32E_MODE_GUEST,
  GUEST_CR0: 0x80000033,
  GUEST_CR4: 0x2020,
  GUEST_IA32_EFER: 0x501,
  GUEST_CS_SELECTOR: 0x08,
  GUEST_CS_AR_BYTES: 0xa09b,
  GUEST_CS_LIMIT: 0xffffffff,
  GUEST_TR_SELECTOR: 0x28,
  GUEST_TR_BASE: 0xffff800000003000n,
  GUEST_GDTR_BASE: 0xffff800000001000n,
  GUEST_RIP: 0xffff800000100000n,
  GUEST_RSP: 0xffff800000200000n,
};

/** An unrestricted guest in real mode, as after a boot sector was loaded. */
export const REAL_MODE: FieldValues = {
  ...HOST_64,
  ...CONTROLS,
  ...GUEST_COMMON,
  ...segments(0x93, 0xffff, 0),
  GUEST_CR0: 0x30,
  GUEST_CR4: 0x2000,
  GUEST_CS_AR_BYTES: 0x9b,
  GUEST_CS_LIMIT: 0xffff,
  GUEST_RIP: 0x7c00,
  GUEST_RSP: 0x7c00,
};

/** A guest with PAE paging in ring 3, in 32-bit protected mode. */
export const PAE_MODE: FieldValues = {
  ...LONG_MODE,
  ...segments(0xc0f3, 0xffffffff, 0x23),
  VM_ENTRY_CONTROLS: CONTROLS.VM_ENTRY_CONTROLS ?? 0,
  GUEST_IA32_EFER: 0x001,
  GUEST_CS_SELECTOR: 0x1b,
  GUEST_CS_AR_BYTES: 0xc0fb,
  GUEST_PDPTE0: 0x4001,
  GUEST_RIP: 0x100000,
  GUEST_RSP: 0x200000,
};

/** A task in virtual-8086 mode. */
export const VIRTUAL_8086: FieldValues = {
  ...PAE_MODE,
  ...segments(0xf3, 0xffff, 0x1000),
  ...Object.fromEntries(
    ['CS', 'ES', 'SS', 'DS', 'FS', 'GS'].map((name) => [`GUEST_${name}_BASE`, 0x10000]),
  ),
  GUEST_CS_SELECTOR: 0x1000,
  GUEST_CS_AR_BYTES: 0xf3,
  GUEST_CS_LIMIT: 0xffff,
  GUEST_RFLAGS: 0x20202,
  GUEST_RIP: 0x100,
};

export const VMCS_ADDRESS = 0x1000;
/** Where a VMCS that can be linked to stands, and one that cannot. */
export const LINKED_VMCS = 0x2000;
export const WRONG_REVISION = 0x3000;

/** A VM entry with these fields in simulated memory. */
export function entryWith(
  fields: FieldValues,
  facts: Partial<EntryFacts> = {},
  capabilities: VmxCapabilities = DEFAULT_PROFILE.vmx,
): EntryContext {
  const memory = flatMemory(0x8000);
  const vmcs = new Vmcs(memory, VMCS_ADDRESS);
  new Vmcs(memory, LINKED_VMCS).revision = capabilities.revision;
  for (const [id, value] of Object.entries(fields)) vmcs.write(Field[id as FieldId], value);
  return {
    read: (field) => vmcs.read(field),
    readNumber: (field) => vmcs.readNumber(field),
    capabilities,
    facts: { longModeActive: true, vmcsAddress: BigInt(VMCS_ADDRESS), memory, ...facts },
  };
}
