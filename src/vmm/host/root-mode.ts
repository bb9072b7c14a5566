import { Seg } from '../../isa/registers/segment';
import { SegmentRights } from '../../isa/access-rights';
import { FeatureControl } from '../../isa/registers/msr-fields';
import { WideCr0, WideCr4, WideEfer } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import type { Computer } from '../../machine/computer';
import { directMap } from './address-space';

/** The gate page lies here in host-physical memory; the monitor sees it in its direct map. */
export const GATE_FRAME = 0x1000;

/** The state in which a 64-bit monitor's code runs, VMX enabled where there is any (SDM 3C 24.7). */
export function enterRootMode(computer: Computer, cr3: bigint): void {
  const cpu = computer.processor;
  const { state } = cpu;
  const hasVmx = state.profile.has('VMX');
  state.cr0 = WideCr0.PE | WideCr0.ET | WideCr0.NE | WideCr0.WP | WideCr0.PG;
  state.cr3 = cr3;
  state.cr4 = WideCr4.PAE | (hasVmx ? WideCr4.VMXE : 0n);
  state.efer = WideEfer.SCE | WideEfer.LME | WideEfer.LMA | WideEfer.NXE;
  if (hasVmx) {
    state.setMsr(Msr.FEATURE_CONTROL, FeatureControl.LOCK | FeatureControl.VMX_OUTSIDE_SMX);
  }
  const { UNUSABLE, FLAT_CODE_64, FLAT_DATA } = SegmentRights;
  for (let index = 0; index < Seg.TR; index++) {
    state.setSegment(index, { selector: 0, base: 0n, limit: 0, accessRights: UNUSABLE });
  }
  const flat = (selector: number, accessRights: number) => ({
    selector,
    base: 0n,
    limit: 0xffffffff,
    accessRights,
  });
  state.setSegment(Seg.CS, flat(8, FLAT_CODE_64));
  state.setSegment(Seg.SS, flat(0x10, FLAT_DATA));
  state.rip = directMap(GATE_FRAME);
  cpu.flushTlb(false);
  cpu.updateDerivedState();
}
