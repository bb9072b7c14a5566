import { WideCr0, WideEfer } from '../../isa/registers/control';
import { Field } from '../../isa/vmx/fields';
import type { PagingState } from '../../processor/paging/walk';

/**
 * The guest's paging, from the guest-state area, for walks that the monitor or a debugger makes.
 * @param pkru which no VM exit saves
 */
export function guestPagingState(read: (field: Field) => bigint, pkru: bigint): PagingState {
  const cr0 = read(Field.GUEST_CR0);
  const efer = read(Field.GUEST_IA32_EFER);
  return {
    cr0,
    cr3: read(Field.GUEST_CR3),
    cr4: read(Field.GUEST_CR4),
    efer,
    paging: (cr0 & WideCr0.PG) !== 0n,
    longMode: (efer & WideEfer.LMA) !== 0n,
    systemFlags: read(Field.GUEST_RFLAGS),
    pkru,
    pdptes: [
      read(Field.GUEST_PDPTE0),
      read(Field.GUEST_PDPTE1),
      read(Field.GUEST_PDPTE2),
      read(Field.GUEST_PDPTE3),
    ],
  };
}
