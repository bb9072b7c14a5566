import { Cr0, Cr4, Efer } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { ExitControl } from '../../isa/vmx/controls';
import { Field } from '../../isa/vmx/fields';
import { CS, FS, GS, LDTR, TR } from '../layout';
import { UNUSABLE, type CpuState } from '../state';
import { HOST_SELECTOR_FIELDS } from './segment-fields';
import type { Vmcs } from './vmcs';

/** Loads the host-state area, as the end of every VM exit does (SDM 3C 28.5). */
export function loadHostState(state: CpuState, vmcs: Vmcs, exitControls: number): void {
  const wide = (exitControls & ExitControl.HOST_ADDRESS_SPACE_SIZE) !== 0;
  const unchanged = BigInt(Cr0.ET | Cr0.CD | Cr0.NW);
  state.cr0 = (vmcs.read(Field.HOST_CR0) & ~unchanged) | (state.cr0 & unchanged) | BigInt(Cr0.ET);
  state.cr3 = vmcs.read(Field.HOST_CR3);
  const cr4 = vmcs.read(Field.HOST_CR4);
  state.cr4 = wide ? cr4 | BigInt(Cr4.PAE) : cr4 & ~BigInt(Cr4.PCIDE);
  state.dr[7] = 0x400n;
  state.setMsr(Msr.DEBUGCTL, 0n);
  state.setMsr(Msr.SYSENTER_CS, vmcs.read(Field.HOST_IA32_SYSENTER_CS));
  state.setMsr(Msr.SYSENTER_ESP, vmcs.read(Field.HOST_IA32_SYSENTER_ESP));
  state.setMsr(Msr.SYSENTER_EIP, vmcs.read(Field.HOST_IA32_SYSENTER_EIP));
  const both = BigInt(Efer.LMA | Efer.LME);
  if (exitControls & ExitControl.LOAD_EFER) state.efer = vmcs.read(Field.HOST_IA32_EFER);
  else state.efer = wide ? state.efer | both : state.efer & ~both;
  if (exitControls & ExitControl.LOAD_PAT) state.setMsr(Msr.PAT, vmcs.read(Field.HOST_IA32_PAT));
  loadSegments(state, vmcs, wide);
  state.gdtr = { base: vmcs.read(Field.HOST_GDTR_BASE), limit: 0xffff };
  state.idtr = { base: vmcs.read(Field.HOST_IDTR_BASE), limit: 0xffff };
  state.rip = vmcs.read(Field.HOST_RIP);
  state.setGpr(4, vmcs.read(Field.HOST_RSP));
  state.rflags = 2n;
  state.activity = 'active';
  state.interruptShadow = 'none';
}

/** Flat segments of ring 0 with the host's selectors (SDM 3C 28.5.2). */
function loadSegments(state: CpuState, vmcs: Vmcs, wide: boolean): void {
  HOST_SELECTOR_FIELDS.forEach((field, index) => {
    const selector = Number(vmcs.read(field));
    const base =
      index === FS
        ? vmcs.read(Field.HOST_FS_BASE)
        : index === GS
          ? vmcs.read(Field.HOST_GS_BASE)
          : 0n;
    const code = wide ? 0xa09b : 0xc09b;
    const rights = index === CS ? code : selector === 0 ? UNUSABLE : 0xc093;
    state.setSegment(index, { selector, base, limit: 0xffffffff, accessRights: rights });
  });
  state.setSegment(LDTR, { selector: 0, base: 0n, limit: 0, accessRights: UNUSABLE });
  state.setSegment(TR, {
    selector: Number(vmcs.read(Field.HOST_TR_SELECTOR)),
    base: vmcs.read(Field.HOST_TR_BASE),
    limit: 0x67,
    accessRights: 0x8b,
  });
}
