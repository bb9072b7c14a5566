import { Xcr0 } from '../../isa/registers/control';
import { generalProtection } from '../faults';
import { noExtendedRegister, xcr0Value } from '../reasons/registers';
import type { SlowPath } from '../semantics/slow-path';
import { Units } from '../state/layout';
import type { CpuState } from '../state/cpu-state';
import { requireXsaveEnabled } from './availability';
import { componentsInUse, requestedComponents } from './components';

/** XGETBV and XSETBV (SDM 2D; 1 13.3). */

const index = (state: CpuState): number => Number(state.gpr(1) & 0xffffffffn);

/** ECX = 0: XCR0. ECX = 1: which of its components are in use; here MXCSR counts for SSE. */
export const xgetbv: SlowPath = (cpu) => {
  const { state } = cpu;
  requireXsaveEnabled(state);
  const number = index(state);
  const tellsUse = number === 1 && state.profile.has('XGETBV with ECX = 1');
  if (number !== 0 && !tellsUse) throw generalProtection(noExtendedRegister(number));
  const xcr0 = state.slot(Units.XCR0);
  const value = number === 0 ? xcr0 : xcr0 & componentsInUse(state, true);
  state.setGpr(0, value & 0xffffffffn);
  state.setGpr(2, value >> 32n);
  return 'continue';
};

export const xsetbv: SlowPath = (cpu) => {
  const { state } = cpu;
  requireXsaveEnabled(state);
  if (cpu.guestMode.xsetbv()) return 'left';
  cpu.requirePrivilege(0);
  const number = index(state);
  if (number !== 0) throw generalProtection(noExtendedRegister(number));
  writeXcr0(state, requestedComponents(state));
  cpu.updateDerivedState();
  return undefined;
};

/** @throws Fault #GP(0) for values that XCR0 does not take (SDM 2D XSETBV) */
export function writeXcr0(state: CpuState, value: bigint): void {
  const unsupported = value & ~state.profile.xcr0;
  const x87 = (value & Xcr0.X87) !== 0n;
  const avxAlone = (value & (Xcr0.SSE | Xcr0.AVX)) === Xcr0.AVX;
  if (unsupported || !x87 || avxAlone) {
    throw generalProtection(xcr0Value({ unsupported, x87, avxAlone }));
  }
  state.setSlot(Units.XCR0, value);
}
