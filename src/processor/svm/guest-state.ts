import { CR0_WRITABLE, WideCr0, WideEfer } from '../../isa/registers/control';
import { DR6_INITIAL, DR6_WRITABLE, DR7_INITIAL, DR7_WRITABLE } from '../../isa/registers/debug';
import { RFLAGS_FIXED, RFLAGS_WRITABLE, WideRflags } from '../../isa/registers/flags';
import { Msr } from '../../isa/registers/msr';
import { InterruptShadow, NestedControl } from '../../isa/svm/control-fields';
import type { CpuState } from '../state/cpu-state';
import { canonical } from './canonical';
import { loadGuestSegments, writeSegment } from './segments';
import type { Vmcb } from './vmcb';

/** The guest's state in the VMCB, loaded by VMRUN (APM 2 15.5.1) and saved by #VMEXIT (APM 2 15.6). */

const RSP = 4;
const RAX = 0;
const TABLE_LIMIT = 0xffff;

/** EFER.LMA is not loaded: it follows from LME and paging. */
export function eferOf(vmcb: Vmcb, cr0: bigint): bigint {
  const others = vmcb.read('EFER') & ~WideEfer.LMA;
  return others & WideEfer.LME && cr0 & WideCr0.PG ? others | WideEfer.LMA : others;
}

/** Real mode runs in ring 0, virtual-8086 mode in ring 3. */
export function cplOf(state: Pick<CpuState, 'protectedMode' | 'virtual8086'>, vmcb: Vmcb): number {
  if (!state.protectedMode) return 0;
  return state.virtual8086 ? 3 : vmcb.readNumber('CPL') & 3;
}

/** Whoever calls sees to PDPTEs, translations and the derived state. */
export function loadGuestState(state: CpuState, vmcb: Vmcb): void {
  state.cr0 = (vmcb.read('CR0') & CR0_WRITABLE) | WideCr0.ET;
  state.efer = eferOf(vmcb, state.cr0);
  state.cr2 = vmcb.read('CR2');
  state.cr3 = vmcb.read('CR3');
  state.cr4 = vmcb.read('CR4');
  state.rflags = (vmcb.read('RFLAGS') & RFLAGS_WRITABLE) | RFLAGS_FIXED;
  state.dr[6] = (vmcb.read('DR6') & DR6_WRITABLE) | DR6_INITIAL;
  state.dr[7] = (vmcb.read('DR7') & DR7_WRITABLE) | DR7_INITIAL;
  loadGuestSegments(state, vmcb, cplOf(state, vmcb));
  state.gdtr = tableOf(vmcb, 'GDTR');
  state.idtr = tableOf(vmcb, 'IDTR');
  state.setGpr(RAX, vmcb.read('RAX'));
  state.setGpr(RSP, vmcb.read('RSP'));
  state.rip = state.codeBits === 64 ? vmcb.read('RIP') : vmcb.read('RIP') & 0xffffffffn;
  if (nested(vmcb)) state.setMsr(Msr.PAT, vmcb.read('G_PAT'));
  const shadow = (vmcb.read('INTERRUPT_SHADOW') & InterruptShadow.INTERRUPT_SHADOW) !== 0n;
  state.interruptShadow = shadow ? 'sti' : 'none';
  state.pendingDebug = 0;
  state.activity = 'active';
  state.monitored = undefined;
}

/** Whether the guest has nested paging, and with it a PAT of its own (APM 2 15.25.3). */
export const nested = (vmcb: Vmcb): boolean =>
  (vmcb.read('NESTED_CONTROL') & NestedControl.NP_ENABLE) !== 0n;

const tableOf = (vmcb: Vmcb, name: 'GDTR' | 'IDTR'): { base: bigint; limit: number } => ({
  base: canonical(vmcb.read(`${name}_BASE`)),
  limit: vmcb.readNumber(`${name}_LIMIT`) & TABLE_LIMIT,
});

/** Whoever calls tells the watchers of memory (`Vmcb.written`). */
export function saveGuestState(state: CpuState, vmcb: Vmcb): void {
  for (let index = 0; index <= 3; index++) writeSegment(state, vmcb, index);
  for (const [name, { base, limit }] of [
    ['GDTR', state.gdtr],
    ['IDTR', state.idtr],
  ] as const) {
    vmcb.put(`${name}_BASE`, base);
    vmcb.put(`${name}_LIMIT`, limit);
  }
  vmcb.put('EFER', state.efer);
  vmcb.put('CR0', state.cr0);
  vmcb.put('CR2', state.cr2);
  vmcb.put('CR3', state.cr3);
  vmcb.put('CR4', state.cr4);
  vmcb.put('DR6', state.dr[6] ?? 0n);
  vmcb.put('DR7', state.dr[7] ?? 0n);
  vmcb.put('RFLAGS', state.rflags);
  vmcb.put('RIP', state.rip);
  vmcb.put('RSP', state.gpr(RSP));
  vmcb.put('RAX', state.gpr(RAX));
  vmcb.put('CPL', state.rflags & WideRflags.VM ? 3 : state.cpl);
  if (nested(vmcb)) vmcb.put('G_PAT', state.msr(Msr.PAT));
  const shadow = state.interruptShadow === 'none' ? 0n : InterruptShadow.INTERRUPT_SHADOW;
  vmcb.put('INTERRUPT_SHADOW', shadow);
}
