import { WideCr0, WideCr4, WideEfer } from '../../isa/registers/control';
import { RFLAGS_FIXED, WideRflags } from '../../isa/registers/flags';
import { isNull } from '../../processor/segments/descriptor';
import type { CpuState } from '../../processor/state/cpu-state';
import { CS, SS } from '../../processor/state/layout';
import type { KernelRing, Runs } from './descriptors';
import { STACK_SELECTOR } from './monitor-tables';

/**
 * The registers that the processor gets for a guest with less privilege than it believes to have: what they
 * have to be, from those of the virtual processor.
 */

/** 64-bit code is protected by paging alone, which tells rings 0 to 2 from ring 3 and no more. */
export const kernelRing = ({ longMode }: CpuState): KernelRing => (longMode ? 3 : 1);

/** Who comes next: the guest's kernel, in its ring, or a user. */
export const whoRuns = (state: CpuState): Runs =>
  state.cpl === 3 ? 'user' : { kernelIn: kernelRing(state) };

/** Whether paging takes the guest's kernel for a user. */
export const isKernelAsUser = (state: CpuState): boolean => state.cpl !== 3 && state.longMode;

/** A selector of CS or SS: its RPL says which ring it really is. */
export function codeSelector(state: CpuState): number {
  return inRing(state, state.selector(CS));
}

export function stackSelector(state: CpuState): number {
  const selector = state.selector(SS);
  return isNull(selector) ? STACK_SELECTOR : inRing(state, selector);
}

const inRing = (state: CpuState, selector: number): number =>
  state.cpl === 3 ? selector : (selector & ~3) | kernelRing(state);

/** Flags that are the monitor's, whatever the guest's are. */
const { IF, IOPL, VIF, VIP, VM } = WideRflags;
const WITHHELD = IF | IOPL | VIF | VIP | VM;

/** Interrupts stay on: they are the host's. */
export const flagsFor = (virtual: bigint): bigint => (virtual & ~WITHHELD) | IF | RFLAGS_FIXED;

/**
 * What the guest's flags are after it has run: those that it could change, and those it has had. RF in the frame is of
 * the fault that has led to the monitor; the guest's own is over as soon as an instruction is done.
 *
 * @param stayed whether the guest is where it was entered
 */
export function flagsAfter(real: bigint, virtual: bigint, stayed: boolean): bigint {
  const kept = stayed ? WITHHELD | WideRflags.RF : WITHHELD;
  return (real & ~WITHHELD & ~WideRflags.RF) | (virtual & kept);
}

const CR0_NEEDED = WideCr0.PE | WideCr0.PG | WideCr0.WP | WideCr0.ET | WideCr0.NE;
const CR0_SHARED = WideCr0.MP | WideCr0.EM | WideCr0.TS;

/** Alignment is checked in ring 3 only, and a kernel there is none. */
export const cr0For = (state: CpuState): bigint =>
  CR0_NEEDED | (state.cr0 & (CR0_SHARED | (state.cpl === 3 ? WideCr0.AM : 0n)));

const CR4_NEEDED = WideCr4.PAE | WideCr4.VMXE;
const CR4_SHARED =
  WideCr4.TSD |
  WideCr4.DE |
  WideCr4.MCE |
  WideCr4.PCE |
  WideCr4.OSFXSR |
  WideCr4.OSXMMEXCPT |
  WideCr4.FSGSBASE |
  WideCr4.OSXSAVE;
const OF_USERS = WideCr4.UMIP | WideCr4.PKE;
const OF_RING_1 = WideCr4.SMEP | WideCr4.SMAP;

export function cr4For(state: CpuState): bigint {
  const users = state.cpl === 3 ? OF_USERS : 0n;
  const supervisors = state.paging && !state.longMode ? OF_RING_1 : 0n;
  return CR4_NEEDED | (state.cr4 & (CR4_SHARED | users | supervisors));
}

/** No SYSCALL: its target would be in ring 0. */
export const EFER = WideEfer.LME | WideEfer.LMA | WideEfer.NXE;
