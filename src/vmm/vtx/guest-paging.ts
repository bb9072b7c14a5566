import { Field } from '../../isa/vmx/fields';
import type { GuestControls } from '../hardware/guest-paging';
import { PDPTE_REGISTERS, type VcpuRegister } from '../hardware/vcpu-area';

/** Reads a field of the VMCS. */
export type ReadField = (field: Field) => bigint;
/** Reads a register that the monitor keeps beside the VMCS. */
export type ReadVcpu = (register: VcpuRegister) => bigint;

/** The PDPTE registers of PAE paging, in their order. */
export const PDPTE_FIELDS = [
  Field.GUEST_PDPTE0,
  Field.GUEST_PDPTE1,
  Field.GUEST_PDPTE2,
  Field.GUEST_PDPTE3,
] as const;

/** Where the processor uses the guest's own page tables. */
export const ownControls = (read: ReadField): GuestControls => ({
  cr0: read(Field.GUEST_CR0),
  cr3: read(Field.GUEST_CR3),
  cr4: read(Field.GUEST_CR4),
  efer: read(Field.GUEST_IA32_EFER),
  pdptes: PDPTE_FIELDS.map(read),
});

/** Where it uses shadow tables: what the guest reads is in read shadows, and in the monitor's memory. */
export const shadowedControls = (read: ReadField, vcpu: ReadVcpu): GuestControls => ({
  cr0: shown(read, Field.GUEST_CR0, Field.CR0_READ_SHADOW, Field.CR0_GUEST_HOST_MASK),
  cr3: vcpu('cr3'),
  cr4: shown(read, Field.GUEST_CR4, Field.CR4_READ_SHADOW, Field.CR4_GUEST_HOST_MASK),
  efer: vcpu('efer'),
  pdptes: PDPTE_REGISTERS.map(vcpu),
});

function shown(read: ReadField, actual: Field, shadow: Field, maskField: Field): bigint {
  const mask = read(maskField);
  return (read(actual) & ~mask) | (read(shadow) & mask);
}
