import { WideEfer } from '../../isa/registers/control';
import { EntryControl } from '../../isa/vmx/controls';
import { Field } from '../../isa/vmx/fields';
import { differ, type GuestControls } from '../hardware/guest-paging';
import { PDPTE_FIELDS, type ReadField } from './guest-paging';
import { enteredCr0, enteredCr4, enteredEfer } from './paging/entered';
import { PDPTE_REGISTERS, type VcpuRegister } from '../hardware/vcpu-area';

type WriteField = (field: Field, value: bigint | number) => void;
type WriteVcpu = (register: VcpuRegister, value: bigint) => void;

/**
 * Stores the control registers that an instruction in software has left.
 *
 * @param shadowed where the guest's go to that the processor does not get: with shadow paging
 * @returns whether linear addresses may lead elsewhere
 */
export function storeControls(
  read: ReadField,
  write: WriteField,
  shadowed: WriteVcpu | undefined,
  before: GuestControls,
  after: GuestControls,
): boolean {
  if (!differ(before, after)) return false;
  if (shadowed) storeBeside(read, write, shadowed, after);
  else storeOwn(write, before, after);
  return true;
}

/** The guest has its own control registers. An instruction in software turns no paging on or off. */
function storeOwn(write: WriteField, before: GuestControls, after: GuestControls): void {
  if (before.cr0 !== after.cr0) write(Field.GUEST_CR0, after.cr0);
  if (before.cr3 !== after.cr3) write(Field.GUEST_CR3, after.cr3);
  PDPTE_FIELDS.forEach((field, n) => {
    const entry = after.pdptes[n] ?? 0n;
    if (entry !== before.pdptes[n]) write(field, entry);
  });
}

/** The guest reads its own; the processor gets what it can be entered with. CR3 follows with the root. */
function storeBeside(
  read: ReadField,
  write: WriteField,
  vcpu: WriteVcpu,
  { cr0, cr3, cr4, efer, pdptes }: GuestControls,
): void {
  write(Field.CR0_READ_SHADOW, cr0);
  write(Field.GUEST_CR0, enteredCr0(cr0));
  write(Field.CR4_READ_SHADOW, cr4);
  write(Field.GUEST_CR4, enteredCr4(cr4, cr0));
  write(Field.GUEST_IA32_EFER, enteredEfer(efer));
  const controls = read(Field.VM_ENTRY_CONTROLS);
  const ia32e = BigInt(EntryControl.IA32E_MODE_GUEST);
  write(Field.VM_ENTRY_CONTROLS, efer & WideEfer.LMA ? controls | ia32e : controls & ~ia32e);
  vcpu('cr3', cr3);
  vcpu('efer', efer);
  PDPTE_REGISTERS.forEach((register, n) => {
    vcpu(register, pdptes[n] ?? 0n);
  });
}
