import { Cr0, Cr4, Efer } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { EntryControl, ExitControl, SecondaryControl } from '../../isa/vmx/controls';
import { Interruptibility } from '../../isa/vmx/events';
import { Field } from '../../isa/vmx/fields';
import type { ActivityState, CpuState } from '../state';
import type { Controls } from './controls';
import { GUEST_SEGMENT_FIELDS } from './segment-fields';
import type { Vmcs } from './vmcs';

/** The guest-state area, loaded by VM entry (SDM 3C 27.3.2) and saved by VM exit (SDM 3C 28.3). */

const ACTIVITIES: readonly ActivityState[] = ['active', 'hlt', 'shutdown', 'wait-for-SIPI'];

/** Bits of CR0 that VM entry leaves as they are: ET, and 28:19, 17, 15:6 (SDM 3C 27.3.2.1). */
const CR0_UNCHANGED = 0x7ff8ffd0n & ~BigInt(Cr0.WP | Cr0.AM);

const set = (flags: number, mask: number): boolean => (flags & mask) !== 0;

export function loadGuestState(state: CpuState, vmcs: Vmcs, controls: Controls): void {
  state.cr0 =
    (state.cr0 & CR0_UNCHANGED & ~BigInt(Cr0.NW | Cr0.CD)) |
    (vmcs.read(Field.GUEST_CR0) & ~CR0_UNCHANGED) |
    BigInt(Cr0.ET);
  state.cr3 = vmcs.read(Field.GUEST_CR3);
  state.cr4 = vmcs.read(Field.GUEST_CR4);
  if (set(controls.entry, EntryControl.LOAD_DEBUG_CONTROLS)) {
    state.dr[7] = (vmcs.read(Field.GUEST_DR7) & 0xffff2fffn) | 0x400n;
    state.setMsr(Msr.DEBUGCTL, vmcs.read(Field.GUEST_IA32_DEBUGCTL));
  }
  loadEfer(state, vmcs, controls);
  if (set(controls.entry, EntryControl.LOAD_PAT))
    state.setMsr(Msr.PAT, vmcs.read(Field.GUEST_IA32_PAT));
  state.setMsr(Msr.SYSENTER_CS, vmcs.read(Field.GUEST_SYSENTER_CS));
  state.setMsr(Msr.SYSENTER_ESP, vmcs.read(Field.GUEST_SYSENTER_ESP));
  state.setMsr(Msr.SYSENTER_EIP, vmcs.read(Field.GUEST_SYSENTER_EIP));
  GUEST_SEGMENT_FIELDS.forEach((fields, index) => {
    state.setSegment(index, {
      selector: Number(vmcs.read(fields.selector)),
      base: vmcs.read(fields.base),
      limit: Number(vmcs.read(fields.limit)),
      accessRights: Number(vmcs.read(fields.accessRights)),
    });
  });
  state.gdtr = table(vmcs, Field.GUEST_GDTR_BASE, Field.GUEST_GDTR_LIMIT);
  state.idtr = table(vmcs, Field.GUEST_IDTR_BASE, Field.GUEST_IDTR_LIMIT);
  state.setGpr(4, vmcs.read(Field.GUEST_RSP));
  state.rip = vmcs.read(Field.GUEST_RIP);
  state.rflags = vmcs.read(Field.GUEST_RFLAGS);
  const blocking = Number(vmcs.read(Field.GUEST_INTERRUPTIBILITY_INFO));
  state.interruptShadow = set(blocking, Interruptibility.BLOCKING_BY_MOV_SS)
    ? 'mov-ss'
    : set(blocking, Interruptibility.BLOCKING_BY_STI)
      ? 'sti'
      : 'none';
  state.nmiBlocked = set(blocking, Interruptibility.BLOCKING_BY_NMI);
  state.activity = ACTIVITIES[Number(vmcs.read(Field.GUEST_ACTIVITY_STATE))] ?? 'active';
  if (usesPdptes(state) && set(controls.secondary, SecondaryControl.ENABLE_EPT)) {
    state.pdptes.set([
      vmcs.read(Field.GUEST_PDPTE0),
      vmcs.read(Field.GUEST_PDPTE1),
      vmcs.read(Field.GUEST_PDPTE2),
      vmcs.read(Field.GUEST_PDPTE3),
    ]);
  }
}

/** LMA and LME follow "IA-32e mode guest"; with "load IA32_EFER" the rest comes from the field. */
function loadEfer(state: CpuState, vmcs: Vmcs, controls: Controls): void {
  const both = BigInt(Efer.LMA | Efer.LME);
  if (set(controls.entry, EntryControl.LOAD_EFER)) {
    state.efer = vmcs.read(Field.GUEST_IA32_EFER);
  } else if (set(controls.entry, EntryControl.IA32E_MODE_GUEST)) {
    state.efer |= both;
  } else {
    state.efer &= ~BigInt(Efer.LMA);
    if (state.paging) state.efer &= ~BigInt(Efer.LME);
  }
}

export function saveGuestState(state: CpuState, vmcs: Vmcs, controls: Controls): void {
  vmcs.write(Field.GUEST_CR0, state.cr0);
  vmcs.write(Field.GUEST_CR3, state.cr3);
  vmcs.write(Field.GUEST_CR4, state.cr4);
  if (set(controls.exit, ExitControl.SAVE_DEBUG_CONTROLS)) {
    vmcs.write(Field.GUEST_DR7, state.dr[7] ?? 0x400n);
    vmcs.write(Field.GUEST_IA32_DEBUGCTL, state.msr(Msr.DEBUGCTL));
  }
  if (set(controls.exit, ExitControl.SAVE_EFER)) vmcs.write(Field.GUEST_IA32_EFER, state.efer);
  if (set(controls.exit, ExitControl.SAVE_PAT)) {
    vmcs.write(Field.GUEST_IA32_PAT, state.msr(Msr.PAT));
  }
  vmcs.write(Field.GUEST_SYSENTER_CS, state.msr(Msr.SYSENTER_CS));
  vmcs.write(Field.GUEST_SYSENTER_ESP, state.msr(Msr.SYSENTER_ESP));
  vmcs.write(Field.GUEST_SYSENTER_EIP, state.msr(Msr.SYSENTER_EIP));
  GUEST_SEGMENT_FIELDS.forEach((fields, index) => {
    const register = state.segment(index);
    vmcs.write(fields.selector, register.selector);
    vmcs.write(fields.base, register.base);
    vmcs.write(fields.limit, register.limit);
    vmcs.write(fields.accessRights, register.accessRights);
  });
  vmcs.write(Field.GUEST_GDTR_BASE, state.gdtr.base);
  vmcs.write(Field.GUEST_GDTR_LIMIT, state.gdtr.limit);
  vmcs.write(Field.GUEST_IDTR_BASE, state.idtr.base);
  vmcs.write(Field.GUEST_IDTR_LIMIT, state.idtr.limit);
  vmcs.write(Field.GUEST_RSP, state.gpr(4));
  vmcs.write(Field.GUEST_RIP, state.rip);
  vmcs.write(Field.GUEST_RFLAGS, state.rflags);
  vmcs.write(Field.GUEST_INTERRUPTIBILITY_INFO, interruptibility(state));
  vmcs.write(Field.GUEST_ACTIVITY_STATE, Math.max(0, ACTIVITIES.indexOf(state.activity)));
  vmcs.write(Field.GUEST_PENDING_DBG_EXCEPTIONS, 0n);
  if (usesPdptes(state) && set(controls.secondary, SecondaryControl.ENABLE_EPT)) {
    vmcs.write(Field.GUEST_PDPTE0, state.pdptes[0] ?? 0n);
    vmcs.write(Field.GUEST_PDPTE1, state.pdptes[1] ?? 0n);
    vmcs.write(Field.GUEST_PDPTE2, state.pdptes[2] ?? 0n);
    vmcs.write(Field.GUEST_PDPTE3, state.pdptes[3] ?? 0n);
  }
  const ia32e = (state.efer & BigInt(Efer.LMA)) !== 0n;
  const entry = ia32e
    ? controls.entry | EntryControl.IA32E_MODE_GUEST
    : controls.entry & ~EntryControl.IA32E_MODE_GUEST;
  // With an unrestricted guest the control follows the guest's mode (SDM 3C 28.2).
  if (set(controls.secondary, SecondaryControl.UNRESTRICTED_GUEST)) {
    vmcs.write(Field.VM_ENTRY_CONTROLS, entry >>> 0);
  }
}

function interruptibility(state: CpuState): number {
  return (
    (state.interruptShadow === 'sti' ? Interruptibility.BLOCKING_BY_STI : 0) |
    (state.interruptShadow === 'mov-ss' ? Interruptibility.BLOCKING_BY_MOV_SS : 0) |
    (state.nmiBlocked ? Interruptibility.BLOCKING_BY_NMI : 0)
  );
}

function table(vmcs: Vmcs, base: Field, limit: Field): { base: bigint; limit: number } {
  return { base: vmcs.read(base), limit: Number(vmcs.read(limit)) };
}

function usesPdptes(state: CpuState): boolean {
  return state.paging && (state.cr4 & BigInt(Cr4.PAE)) !== 0n && !state.longMode;
}
