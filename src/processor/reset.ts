import { DR6_INITIAL, DR7_INITIAL } from '../isa/registers/debug';
import { Msr } from '../isa/registers/msr';
import { CS, GS, LDTR, TR } from './layout';
import type { CpuState } from './state';

/** Model-specific registers that are not 0 after reset. */
const RESET_MSRS: readonly (readonly [number, bigint])[] = [
  [Msr.PAT, 0x0007040600070406n],
  [Msr.APIC_BASE, 0xfee00900n],
  [Msr.MISC_ENABLE, 0x1n],
  [Msr.MTRRCAP, 0x508n],
];

/** The state after RESET (SDM 3A 10.1.1, table 10-1). */
export function resetState(state: CpuState): void {
  for (let index = 0; index < 16; index++) state.setGpr(index, 0n);
  state.setGpr(2, 0x000306a9n); // family, model, stepping
  state.rip = 0xfff0n;
  state.rflags = 2n;
  state.cr0 = 0x60000010n;
  state.cr2 = state.cr3 = state.cr4 = state.cr8 = state.efer = 0n;
  state.pdptes.fill(0n);
  for (let index = 0; index <= GS; index++) {
    state.setSegment(index, { selector: 0, base: 0n, limit: 0xffff, accessRights: 0x93 });
  }
  state.setSegment(CS, { selector: 0xf000, base: 0xffff0000n, limit: 0xffff, accessRights: 0x9b });
  state.setSegment(LDTR, { selector: 0, base: 0n, limit: 0xffff, accessRights: 0x82 });
  state.setSegment(TR, { selector: 0, base: 0n, limit: 0xffff, accessRights: 0x8b });
  state.gdtr = { base: 0n, limit: 0xffff };
  state.idtr = { base: 0n, limit: 0xffff };
  state.dr.set([0n, 0n, 0n, 0n, 0n, 0n, BigInt(DR6_INITIAL), BigInt(DR7_INITIAL)]);
  state.clearMsrs();
  for (const [number, value] of RESET_MSRS) state.setMsr(number, value);
  state.activity = 'active';
  state.interruptShadow = 'none';
  state.nmiBlocked = false;
}
