import { SegmentRights } from '../../isa/access-rights';
import { RFLAGS_FIXED } from '../../isa/registers/flags';
import { DR7_INITIAL } from '../../isa/registers/debug';
import { Cr0, Cr4, Efer } from '../../isa/registers/control';
import { ExitControl } from '../../isa/vmx/controls';
import { Field } from '../../isa/vmx/fields';
import {
  CS,
  FS,
  GS,
  LDTR,
  Segment,
  State,
  TR,
  Table,
  gprSlot,
  segmentSlot,
  wordOf,
} from '../state/layout';
import type { GuestModeHost } from '../guest-mode/host';
import { UNUSABLE } from '../state/cpu-state';
import { FieldMoves } from './field-moves';
import type { Vmcs } from './vmcs';
import { FIELD_WORDS, fieldWord } from './vmcs-layout';

export const HOST_STATE = new FieldMoves({
  /** What every VM exit loads as it is. */
  always: [
    [Field.HOST_CR3, State.CR3],
    [Field.HOST_CR4, State.CR4],
    [Field.HOST_IA32_SYSENTER_CS, State.IA32_SYSENTER_CS],
    [Field.HOST_IA32_SYSENTER_ESP, State.IA32_SYSENTER_ESP],
    [Field.HOST_IA32_SYSENTER_EIP, State.IA32_SYSENTER_EIP],
    [Field.HOST_GDTR_BASE, State.GDTR + Table.BASE],
    [Field.HOST_IDTR_BASE, State.IDTR + Table.BASE],
    [Field.HOST_RIP, State.RIP],
    [Field.HOST_RSP, gprSlot(4)],
  ],
  /** After the segments have been loaded with base 0. */
  bases: [
    [Field.HOST_FS_BASE, segmentSlot(FS) + Segment.BASE],
    [Field.HOST_GS_BASE, segmentSlot(GS) + Segment.BASE],
    [Field.HOST_TR_BASE, segmentSlot(TR) + Segment.BASE],
  ],
  efer: [[Field.HOST_IA32_EFER, State.EFER]],
  pat: [[Field.HOST_IA32_PAT, State.IA32_PAT]],
});

/** The selectors lie one after the other, in the order of the registers. */
const SELECTORS = fieldWord(Field.HOST_ES_SELECTOR);
const FIELD_CR0 = fieldWord(Field.HOST_CR0);
const STATE_CR0 = wordOf(State.CR0);
const STATE_CR4 = wordOf(State.CR4);
const STATE_EFER = wordOf(State.EFER);
const TABLE_LIMIT = 0xffff;
/** Bits of CR0 that a VM exit leaves as they are. */
const CR0_UNCHANGED = Cr0.ET | Cr0.CD | Cr0.NW;

/** Loads the host-state area, as the end of every VM exit does (SDM 3C 28.5). */
export function loadHostState(cpu: GuestModeHost, vmcs: Vmcs, exitControls: number): void {
  const { state } = cpu;
  const { words } = state;
  const moves = cpu.vmx.hostMoves;
  const wide = (exitControls & ExitControl.HOST_ADDRESS_SPACE_SIZE) !== 0;
  moves.always.load(vmcs.place);
  words[wordOf(State.IA32_SYSENTER_CS) + 1] = 0;
  words[STATE_CR0] =
    ((vmcs.words[FIELD_CR0] ?? 0) & ~CR0_UNCHANGED) |
    ((words[STATE_CR0] ?? 0) & CR0_UNCHANGED) |
    Cr0.ET;
  const cr4 = words[STATE_CR4] ?? 0;
  words[STATE_CR4] = wide ? cr4 | Cr4.PAE : cr4 & ~Cr4.PCIDE;
  setHalves(words, State.DR + 7 * 8, Number(DR7_INITIAL), 0);
  setHalves(words, State.IA32_DEBUGCTL, 0, 0);
  const efer = words[STATE_EFER] ?? 0;
  const both = Efer.LMA | Efer.LME;
  if (exitControls & ExitControl.LOAD_EFER) moves.efer.load(vmcs.place);
  else words[STATE_EFER] = wide ? efer | both : efer & ~both;
  if (exitControls & ExitControl.LOAD_PAT) moves.pat.load(vmcs.place);
  loadSegments(words, vmcs, wide);
  moves.bases.load(vmcs.place);
  words[wordOf(State.GDTR + Table.LIMIT)] = TABLE_LIMIT;
  words[wordOf(State.IDTR + Table.LIMIT)] = TABLE_LIMIT;
  state.flags = Number(RFLAGS_FIXED);
  state.activity = 'active';
  state.monitored = undefined;
  state.interruptShadow = 'none';
}

function setHalves(words: Int32Array, slot: number, low: number, high: number): void {
  words[wordOf(slot)] = low;
  words[wordOf(slot) + 1] = high;
}

/** Flat segments of ring 0 with the host's selectors (SDM 3C 28.5.2). */
function loadSegments(words: Int32Array, vmcs: Vmcs, wide: boolean): void {
  for (let index = 0; index <= GS; index++) {
    const selector = (vmcs.words[SELECTORS + FIELD_WORDS * index] as number) & 0xffff;
    const code = wide ? SegmentRights.FLAT_CODE_64 : SegmentRights.FLAT_CODE_32;
    const rights = index === CS ? code : selector === 0 ? UNUSABLE : SegmentRights.FLAT_DATA;
    loadSegment(words, index, selector, 0xffffffff, rights);
  }
  loadSegment(words, LDTR, 0, 0, UNUSABLE);
  loadSegment(words, TR, vmcs.readNumber(Field.HOST_TR_SELECTOR), 0x67, SegmentRights.TSS_BUSY);
}

function loadSegment(
  words: Int32Array,
  index: number,
  selector: number,
  limit: number,
  rights: number,
): void {
  const slot = segmentSlot(index);
  words[wordOf(slot + Segment.SELECTOR)] = selector;
  setHalves(words, slot + Segment.BASE, 0, 0);
  words[wordOf(slot + Segment.LIMIT)] = limit;
  words[wordOf(slot + Segment.ACCESS_RIGHTS)] = rights;
}
