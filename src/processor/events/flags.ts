import { Vector } from '../../isa/exceptions';
import { Dr6 } from '../../isa/registers/debug';
import { Rflags } from '../../isa/registers/flags';
import type { CpuState } from '../state/cpu-state';
import type { InterruptEvent } from './event';

/** What every delivery does to RFLAGS; an interrupt gate also clears IF. */
export function clearFlags(flags: bigint, interruptGate: boolean): bigint {
  const always = BigInt(Rflags.TF | Rflags.NT | Rflags.RF | Rflags.VM);
  return flags & ~always & ~(interruptGate ? BigInt(Rflags.IF) : 0n);
}

/** RF lasts for one instruction, unless that one loads it (SDM 3B 18.3.1.1). */
export function endResume(state: CpuState): void {
  if (!state.loadsRf) state.systemFlags &= ~BigInt(Rflags.RF);
}

/**
 * RFLAGS as it is pushed: RF is set by a fault, so that the instruction can be restarted past its breakpoint, but not by
 * that breakpoint itself, and not by a trap (SDM 3B 18.3.1.1). Of the debug exceptions only general detect is another fault.
 */
export function flagsImage(flags: bigint, event: InterruptEvent): bigint {
  if (event.kind !== 'hardware-exception') return flags;
  const guarded = ((event.debug ?? 0n) & Dr6.BD) !== 0n;
  return event.vector === Vector.DB && !guarded ? flags : flags | BigInt(Rflags.RF);
}
