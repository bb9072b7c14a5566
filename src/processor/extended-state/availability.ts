import { Vector } from '../../isa/exceptions';
import { Cr0, Cr4 } from '../../isa/registers/control';
import { Fault, undefinedOpcode } from '../faults';
import { fpuEmulated, notEnabled, taskSwitched } from '../reasons/instructions';
import type { CpuState } from '../state/cpu-state';

/** Whether an instruction may touch the registers of the x87 and vector units (SDM 3A 2.5, 13.1; 2A 2.4). */

/** @throws Fault #NM: CR0.TS says that the registers belong to another task */
export function requireOwnUnits(state: CpuState): void {
  if (state.hasCr0(Cr0.TS)) throw new Fault(Vector.NM, taskSwitched());
}

/** FXSAVE and FXRSTOR. @throws Fault #NM with CR0.EM or CR0.TS */
export function requireX87(state: CpuState): void {
  if (state.hasCr0(Cr0.EM)) throw new Fault(Vector.NM, fpuEmulated());
  requireOwnUnits(state);
}

/** @throws Fault #UD: the operating system has not enabled the XSAVE feature set */
export function requireXsaveEnabled(state: CpuState): void {
  if (!state.hasCr4(Cr4.OSXSAVE)) throw undefinedOpcode(notEnabled('CR4.OSXSAVE'));
}

/** XSAVE, XRSTOR and their kin. @throws Fault #UD, #NM */
export function requireXsave(state: CpuState): void {
  requireXsaveEnabled(state);
  requireOwnUnits(state);
}
