import { DR7_INITIAL, DR7_WRITABLE } from '../../isa/registers/debug';
import { Cr0, Efer } from '../../isa/registers/control';
import { EntryControl, ExitControl, SecondaryControl } from '../../isa/vmx/controls';
import {
  Interruptibility,
  InterruptionInfo,
  InterruptionType,
  PendingDebug,
} from '../../isa/vmx/events';
import { Field } from '../../isa/vmx/fields';
import type { GuestModeHost } from '../guest-mode/host';
import { State, Segment, Table, gprSlot, segmentSlot, wordOf } from '../state/layout';
import type { ActivityState, CpuState } from '../state/cpu-state';
import type { Controls } from './controls';
import { FieldMoves, type FieldOfRegister } from './field-moves';
import { GUEST_SEGMENT_FIELDS } from './segment-fields';
import type { Vmcs } from './vmcs';
import { fieldWord } from './vmcs-layout';

/** The guest-state area, loaded by VM entry (SDM 3C 27.3.2) and saved by VM exit (SDM 3C 28.3). */

const ACTIVITIES: readonly ActivityState[] = ['active', 'hlt', 'shutdown', 'wait-for-SIPI'];

/** All of DR7 that is not 0 stands in its low 32 bits. */
const DR7_WRITABLE_LOW = Number(DR7_WRITABLE);
const DR7_INITIAL_LOW = Number(DR7_INITIAL);

/** Bits of CR0 that VM entry leaves as they are: ET, and 28:19, 17, 15:6 (SDM 3C 27.3.2.1). */
const CR0_UNCHANGED = 0x7ff8ffd0 & ~(Cr0.WP | Cr0.AM);

const SEGMENTS = GUEST_SEGMENT_FIELDS.flatMap((fields, index): FieldOfRegister[] => {
  const slot = segmentSlot(index);
  return [
    [fields.selector, slot + Segment.SELECTOR],
    [fields.base, slot + Segment.BASE],
    [fields.limit, slot + Segment.LIMIT],
    [fields.accessRights, slot + Segment.ACCESS_RIGHTS],
  ];
});

export const GUEST_STATE = new FieldMoves({
  /** What every transition moves as it is. */
  always: [
    ...SEGMENTS,
    [Field.GUEST_CR3, State.CR3],
    [Field.GUEST_CR4, State.CR4],
    [Field.GUEST_SYSENTER_CS, State.IA32_SYSENTER_CS],
    [Field.GUEST_SYSENTER_ESP, State.IA32_SYSENTER_ESP],
    [Field.GUEST_SYSENTER_EIP, State.IA32_SYSENTER_EIP],
    [Field.GUEST_GDTR_BASE, State.GDTR + Table.BASE],
    [Field.GUEST_GDTR_LIMIT, State.GDTR + Table.LIMIT],
    [Field.GUEST_IDTR_BASE, State.IDTR + Table.BASE],
    [Field.GUEST_IDTR_LIMIT, State.IDTR + Table.LIMIT],
    [Field.GUEST_RSP, gprSlot(4)],
    [Field.GUEST_RIP, State.RIP],
  ],
  debugControls: [
    [Field.GUEST_DR7, State.DR + 7 * 8],
    [Field.GUEST_IA32_DEBUGCTL, State.IA32_DEBUGCTL],
  ],
  pat: [[Field.GUEST_IA32_PAT, State.IA32_PAT]],
  efer: [[Field.GUEST_IA32_EFER, State.EFER]],
  pdptes: [
    [Field.GUEST_PDPTE0, State.PDPTES],
    [Field.GUEST_PDPTE1, State.PDPTES + 8],
    [Field.GUEST_PDPTE2, State.PDPTES + 16],
    [Field.GUEST_PDPTE3, State.PDPTES + 24],
  ],
});

/** What of the pending debug exceptions this processor knows. */
const PENDING =
  PendingDebug.B0 |
  PendingDebug.B1 |
  PendingDebug.B2 |
  PendingDebug.B3 |
  PendingDebug.ENABLED_BREAKPOINT |
  PendingDebug.BS;

const isSoftware = (type: number): boolean =>
  type === InterruptionType.SOFTWARE_INTERRUPT ||
  type === InterruptionType.SOFTWARE_EXCEPTION ||
  type === InterruptionType.PRIVILEGED_SOFTWARE_EXCEPTION;

const FIELD_CR0 = fieldWord(Field.GUEST_CR0);
const FIELD_RFLAGS = fieldWord(Field.GUEST_RFLAGS);
const STATE_CR0 = wordOf(State.CR0);
const STATE_EFER = wordOf(State.EFER);
const STATE_DR7 = wordOf(State.DR + 7 * 8);

const set = (flags: number, mask: number): boolean => (flags & mask) !== 0;

export function loadGuestState(cpu: GuestModeHost, vmcs: Vmcs, controls: Controls): void {
  const { state } = cpu;
  const { words } = state;
  const moves = cpu.vmx.guestMoves;
  moves.always.load(vmcs.place);
  words[wordOf(State.IA32_SYSENTER_CS) + 1] = 0;
  words[STATE_CR0] =
    ((words[STATE_CR0] ?? 0) & CR0_UNCHANGED & ~(Cr0.NW | Cr0.CD)) |
    ((vmcs.words[FIELD_CR0] ?? 0) & ~CR0_UNCHANGED) |
    Cr0.ET;
  if (set(controls.entry, EntryControl.LOAD_DEBUG_CONTROLS)) {
    moves.debugControls.load(vmcs.place);
    words[STATE_DR7] = ((words[STATE_DR7] ?? 0) & DR7_WRITABLE_LOW) | DR7_INITIAL_LOW;
    words[STATE_DR7 + 1] = 0;
  }
  loadEfer(cpu, vmcs, controls);
  if (set(controls.entry, EntryControl.LOAD_PAT)) moves.pat.load(vmcs.place);
  state.flags = vmcs.words[FIELD_RFLAGS] ?? 0;
  const blocking = vmcs.readNumber(Field.GUEST_INTERRUPTIBILITY_INFO);
  state.interruptShadow = set(blocking, Interruptibility.BLOCKING_BY_MOV_SS)
    ? 'mov-ss'
    : set(blocking, Interruptibility.BLOCKING_BY_STI)
      ? 'sti'
      : 'none';
  state.nmiBlocked = set(blocking, Interruptibility.BLOCKING_BY_NMI);
  state.pendingDebug = pendingDebug(vmcs, blocking);
  state.activity = ACTIVITIES[vmcs.readNumber(Field.GUEST_ACTIVITY_STATE)] ?? 'active';
  if (state.usesPdptes && set(controls.secondary, SecondaryControl.ENABLE_EPT)) {
    moves.pdptes.load(vmcs.place);
  }
}

/** An injected event leaves no debug exception pending, but a software one does under MOV SS (SDM 3C 27.7.3). */
function pendingDebug(vmcs: Vmcs, blocking: number): number {
  const info = vmcs.readNumber(Field.VM_ENTRY_INTR_INFO);
  const type = (info & InterruptionInfo.TYPE) >> InterruptionInfo.TYPE_SHIFT;
  const vectoring = set(info, InterruptionInfo.VALID) && type !== InterruptionType.OTHER_EVENT;
  const afterMovSs = set(blocking, Interruptibility.BLOCKING_BY_MOV_SS) && isSoftware(type);
  if (vectoring && !afterMovSs) return 0;
  return vmcs.readNumber(Field.GUEST_PENDING_DBG_EXCEPTIONS) & PENDING;
}

/** LMA and LME follow "IA-32e mode guest"; with "load IA32_EFER" the rest comes from the field. */
function loadEfer({ state, vmx }: GuestModeHost, vmcs: Vmcs, controls: Controls): void {
  const { words } = state;
  const efer = words[STATE_EFER] ?? 0;
  if (set(controls.entry, EntryControl.LOAD_EFER)) {
    vmx.guestMoves.efer.load(vmcs.place);
  } else if (set(controls.entry, EntryControl.IA32E_MODE_GUEST)) {
    words[STATE_EFER] = efer | Efer.LMA | Efer.LME;
  } else {
    words[STATE_EFER] = efer & ~(Efer.LMA | (state.paging ? Efer.LME : 0));
  }
}

/** Whoever calls tells the watchers of memory (`Vmcs.written`). */
export function saveGuestState(cpu: GuestModeHost, vmcs: Vmcs, controls: Controls): void {
  const { state } = cpu;
  const { words } = state;
  const moves = cpu.vmx.guestMoves;
  moves.always.save(vmcs.place);
  vmcs.words[FIELD_CR0] = words[STATE_CR0] ?? 0;
  vmcs.words[FIELD_CR0 + 1] = 0;
  if (set(controls.exit, ExitControl.SAVE_DEBUG_CONTROLS)) moves.debugControls.save(vmcs.place);
  if (set(controls.exit, ExitControl.SAVE_EFER)) moves.efer.save(vmcs.place);
  if (set(controls.exit, ExitControl.SAVE_PAT)) moves.pat.save(vmcs.place);
  vmcs.words[FIELD_RFLAGS] = state.flags;
  vmcs.words[FIELD_RFLAGS + 1] = 0;
  vmcs.put(Field.GUEST_INTERRUPTIBILITY_INFO, interruptibility(state));
  vmcs.put(Field.GUEST_ACTIVITY_STATE, Math.max(0, ACTIVITIES.indexOf(state.activity)));
  if (state.usesPdptes && set(controls.secondary, SecondaryControl.ENABLE_EPT)) {
    moves.pdptes.save(vmcs.place);
  }
  // With an unrestricted guest the control follows the guest's mode (SDM 3C 28.2).
  if (set(controls.secondary, SecondaryControl.UNRESTRICTED_GUEST)) {
    const others = vmcs.readNumber(Field.VM_ENTRY_CONTROLS) & ~EntryControl.IA32E_MODE_GUEST;
    const mode = state.longMode ? EntryControl.IA32E_MODE_GUEST : 0;
    vmcs.put(Field.VM_ENTRY_CONTROLS, others | mode);
  }
}

function interruptibility(state: CpuState): number {
  return (
    (state.interruptShadow === 'sti' ? Interruptibility.BLOCKING_BY_STI : 0) |
    (state.interruptShadow === 'mov-ss' ? Interruptibility.BLOCKING_BY_MOV_SS : 0) |
    (state.nmiBlocked ? Interruptibility.BLOCKING_BY_NMI : 0)
  );
}
