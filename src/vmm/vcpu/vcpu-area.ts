import { Interruptibility } from '../../isa/vmx/events';
import type { PhysicalMemory } from '../../processor/physical-memory';
import type { Profile } from '../../processor/profile/profile';
import { CpuState, registerWindow, type ActivityState } from '../../processor/state/cpu-state';
import {
  GS,
  PAGE_SIZE,
  Segment,
  SEGMENT_SIZE,
  segmentSlot,
  State,
  wordOf,
} from '../../processor/state/layout';
import { VcpuLayout } from './layout';
import { MsrList } from './msr-list';

/** Words that the four bounds of a segment take, one after the other. */
const BOUNDS = 8;

/** By their numbers in the area. A virtual processor has no MWAIT. */
const ACTIVITIES: readonly ActivityState[] = ['active', 'hlt', 'shutdown', 'wait-for-SIPI'];

/**
 * The registers of a virtual processor while the processor itself has others: a page frame of the monitor's memory.
 * Whoever lets the virtual processor do something loads them from here and stores them here afterwards.
 */
export class VcpuArea {
  /** The registers in place. */
  readonly state: CpuState;
  /** The MSRs that have no slot among them, in place. */
  readonly msrs: MsrList;
  private readonly view: DataView;

  /**
   * @param memory the host's
   * @param frame host-physical address of the page frame
   * @param profile what processor the guest believes to have
   */
  constructor(
    memory: PhysicalMemory,
    readonly frame: number,
    readonly profile: Profile,
  ) {
    const { buffer, byteOffset } = memory.pageWords(frame);
    this.view = new DataView(buffer, byteOffset, PAGE_SIZE);
    this.msrs = new MsrList(this.view);
    this.state = new CpuState(registerWindow(this.view), profile);
    this.state.keepMsrsIn(this.msrs);
  }

  /** Gives a processor the registers of this virtual one. */
  load(state: CpuState): void {
    state.slots.set(this.state.slots);
    state.units.set(this.state.units);
    this.loadRest(state);
  }

  /** Takes them back. */
  store(state: CpuState): void {
    this.state.slots.set(state.slots);
    this.state.units.set(state.units);
    this.forgetHowItCame();
    const { view } = this;
    view.setUint32(VcpuLayout.ACTIVITY, ACTIVITIES.indexOf(state.activity), true);
    view.setUint32(VcpuLayout.INTERRUPTIBILITY, interruptibility(state), true);
    view.setUint32(VcpuLayout.PENDING_DEBUG, state.pendingDebug, true);
    view.setBigUint64(VcpuLayout.RANDOM, state.random, true);
  }

  /** The same registers are the same bytes: nothing is left of which instructions have led to them. */
  private forgetHowItCame(): void {
    const { state, view } = this;
    state.rflags = state.rflags;
    state.setSlot(State.NEXT_RIP, 0n);
    state.setSlot(State.RIP_BASE, 0n);
    for (let slot = segmentSlot(0); slot <= segmentSlot(GS); slot += SEGMENT_SIZE) {
      // Bounds that nobody compares with may be of another time.
      if (view.getUint32(slot + Segment.CHECKED, true) !== 0) continue;
      const bounds = wordOf(slot + Segment.READ_LOW);
      state.words.fill(0, bounds, bounds + BOUNDS);
    }
  }

  /** What a processor does not keep in slots. */
  private loadRest(state: CpuState): void {
    const { view } = this;
    const { blocking } = this;
    state.activity = ACTIVITIES[view.getUint32(VcpuLayout.ACTIVITY, true)] ?? 'active';
    state.interruptShadow = shadowOf(blocking);
    state.nmiBlocked = (blocking & Interruptibility.BLOCKING_BY_NMI) !== 0;
    state.pendingDebug = view.getUint32(VcpuLayout.PENDING_DEBUG, true);
    state.random = view.getBigUint64(VcpuLayout.RANDOM, true);
  }

  /** Blocking by STI, MOV SS and NMI, by the bits of a VMCS's interruptibility state. */
  get blocking(): number {
    return this.view.getUint32(VcpuLayout.INTERRUPTIBILITY, true);
  }

  set blocking(blocking: number) {
    this.view.setUint32(VcpuLayout.INTERRUPTIBILITY, blocking, true);
  }

  /** Whether it runs, and nothing is due between its last instruction and the next. */
  get isSettled(): boolean {
    const { view, inShadow } = this;
    const active = view.getUint32(VcpuLayout.ACTIVITY, true) === ACTIVITIES.indexOf('active');
    return active && !inShadow && view.getUint32(VcpuLayout.PENDING_DEBUG, true) === 0;
  }

  /** Whether STI or MOV SS holds off interrupts. */
  get inShadow(): boolean {
    const shadows = Interruptibility.BLOCKING_BY_STI | Interruptibility.BLOCKING_BY_MOV_SS;
    return (this.blocking & shadows) !== 0;
  }
}

function interruptibility({ interruptShadow, nmiBlocked }: CpuState): number {
  const { BLOCKING_BY_STI, BLOCKING_BY_MOV_SS, BLOCKING_BY_NMI } = Interruptibility;
  const shadow = { none: 0, sti: BLOCKING_BY_STI, 'mov-ss': BLOCKING_BY_MOV_SS }[interruptShadow];
  return shadow | (nmiBlocked ? BLOCKING_BY_NMI : 0);
}

function shadowOf(blocking: number): CpuState['interruptShadow'] {
  if (blocking & Interruptibility.BLOCKING_BY_STI) return 'sti';
  return blocking & Interruptibility.BLOCKING_BY_MOV_SS ? 'mov-ss' : 'none';
}
