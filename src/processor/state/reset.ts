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
  resetUnits(state);
  state.resetMsrs();
  state.activity = 'active';
  state.monitored = undefined;
  state.random = 0n;
  state.interruptShadow = 'none';
  state.nmiBlocked = false;
  state.pendingDebug = 0;
}

/** The x87 registers hold +0, and none is empty. */
function resetUnits(state: CpuState): void {
  state.units.fill(0);
  state.setSlot(Units.X87_CONTROL, RESET.x87Control);
  state.setSlot(Units.X87_TAGS, RESET.x87Tags);
  state.setSlot(Units.MXCSR, RESET.mxcsr);
  state.setSlot(Units.XCR0, RESET.xcr0);
}
