import { WideCr0 } from '../../isa/registers/control';
import { RESET } from '../../isa/reset';
import { CS, GS, LDTR, TR, Units } from './layout';
import type { CpuState } from './cpu-state';

/** The state after RESET (SDM 3A 10.1.1, table 10-1). */
export function resetState(state: CpuState): void {
  for (let index = 0; index < 16; index++) state.setGpr(index, 0n);
  state.setGpr(2, BigInt(state.profile.description.signature));
  state.rip = RESET.rip;
  state.rflags = RESET.rflags;
  state.cr0 = RESET.cr0;
  state.cr2 = state.cr3 = state.cr4 = state.cr8 = state.efer = 0n;
  state.pdptes.fill(0n);
  for (let index = 0; index <= GS; index++) state.setSegment(index, RESET.data);
  state.setSegment(CS, RESET.cs);
  state.setSegment(LDTR, RESET.ldtr);
  state.setSegment(TR, RESET.tr);
  state.gdtr = { ...RESET.table };
  state.idtr = { ...RESET.table };
  state.dr.set([0n, 0n, 0n, 0n, 0n, 0n, RESET.dr6, RESET.dr7]);
  state.units.set(unitsWith(RESET.x87Control, RESET.x87Tags));
  state.resetMsrs();
  state.activity = 'active';
  state.monitored = undefined;
  state.random = 0n;
  state.interruptShadow = 'none';
  state.nmiBlocked = false;
  state.pendingDebug = 0;
}

/**
 * The state after INIT (SDM 3A 10.1.1, table 10-1; APM 2 14.1.3): as after RESET, but that the units' registers,
 * model-specific registers, and CD and NW of CR0 are what they were.
 */
export function initializeState(state: CpuState): void {
  const { cr0, random } = state;
  const units = state.units.slice();
  const msrs = state.storedMsrs();
  resetState(state);
  state.cr0 = (RESET.cr0 & ~CACHING) | (cr0 & CACHING);
  state.units.set(units);
  for (const [number, value] of msrs) state.setMsr(number, value);
  state.random = random;
}

/** Caching as it was stays through INIT. */
export const CACHING = WideCr0.CD | WideCr0.NW;

/**
 * The registers of the x87 and vector units, all 0 but for these: after RESET none of the x87 registers is
 * empty, and after FNINIT all are.
 */
export function unitsWith(x87Control: bigint, x87Tags: bigint): Uint8Array {
  const units = new Uint8Array(Units.END - Units.VECTOR);
  const view = new DataView(units.buffer);
  const set = (slot: number, value: bigint): void => {
    view.setBigUint64(slot - Units.VECTOR, value, true);
  };
  set(Units.X87_CONTROL, x87Control);
  set(Units.X87_TAGS, x87Tags);
  set(Units.MXCSR, RESET.mxcsr);
  set(Units.XCR0, RESET.xcr0);
  return units;
}
