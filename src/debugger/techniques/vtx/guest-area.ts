import { Efer } from '../../../isa/registers/control';
import { EntryControl, ExitControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import type { PagingState } from '../../../processor/paging/walk';
import type { Processor } from '../../../processor/processor';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import { guestPagingState, ownControls } from '../../../vmm';
import { eptOf } from './ept';

/** What of a guest that does not run stands in its VMCS, and what only follows from it. */

/**
 * IA32_EFER. Without "save IA32_EFER" the field is not written by VM exits: LME and LMA are then what
 * "IA-32e mode guest" says, and VM exits leave the other bits alone (SDM 3C 28.3.1, 28.5.1).
 */
export function guestEfer({ state }: Processor, vmcs: Vmcs): bigint {
  if (vmcs.readNumber(Field.VM_EXIT_CONTROLS) & ExitControl.SAVE_EFER) {
    return vmcs.read(Field.GUEST_IA32_EFER);
  }
  const both = BigInt(Efer.LME | Efer.LMA);
  const ia32e = (vmcs.readNumber(Field.VM_ENTRY_CONTROLS) & EntryControl.IA32E_MODE_GUEST) !== 0;
  return (state.efer & ~both) | (ia32e ? both : 0n);
}

/** The guest's paging, for walks. PDPTEs are kept in the VMCS with EPT only (SDM 3C 28.3.4). */
export function guestPaging(cpu: Processor, vmcs: Vmcs): PagingState {
  const efer = guestEfer(cpu, vmcs);
  const controls = { ...ownControls((field) => vmcs.read(field)), efer };
  const state = guestPagingState(controls, vmcs.read(Field.GUEST_RFLAGS), cpu.state.pkru);
  if (eptOf(vmcs, cpu.physical)) return state;
  const table = Number(state.cr3 & 0xffffffe0n);
  return { ...state, pdptes: [0, 8, 16, 24].map((at) => cpu.physical.read64(table + at)) };
}
