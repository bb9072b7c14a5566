import { WideCr0 } from '../../isa/registers/control';
import { DR7_INITIAL } from '../../isa/registers/debug';
import { RFLAGS_FIXED, RFLAGS_WRITABLE, WideRflags } from '../../isa/registers/flags';
import { Msr } from '../../isa/registers/msr';
import { AccessRights } from '../../isa/access-rights';
import { SS } from '../state/layout';
import type { CpuState } from '../state/cpu-state';
import { readSegment, writeSegment } from './segments';
import type { Vmcb } from './vmcb';

/**
 * The host's state in the page that VM_HSAVE_PA names (APM 2 15.5.1, 15.6, 15.30.4). Its format is the processor's own
 * business: it is that of a VMCB.
 */

const RSP = 4;
const RAX = 0;

/** @param returnRip of the instruction after VMRUN */
export function saveHostState(state: CpuState, area: Vmcb, returnRip: bigint): void {
  for (let index = 0; index <= 3; index++) writeSegment(state, area, index);
  area.put('GDTR_BASE', state.gdtr.base);
  area.put('GDTR_LIMIT', state.gdtr.limit);
  area.put('IDTR_BASE', state.idtr.base);
  area.put('IDTR_LIMIT', state.idtr.limit);
  area.put('EFER', state.efer);
  area.put('CR0', state.cr0);
  area.put('CR3', state.cr3);
  area.put('CR4', state.cr4);
  area.put('RFLAGS', state.rflags);
  area.put('RIP', returnRip);
  area.put('RSP', state.gpr(RSP));
  area.put('RAX', state.gpr(RAX));
  area.put('G_PAT', state.msr(Msr.PAT));
  area.written();
}

/** Ring 0 of protected mode, with no breakpoint of the debug registers enabled (APM 2 15.6). */
export function loadHostState(state: CpuState, area: Vmcb): void {
  state.cr0 = area.read('CR0') | WideCr0.PE;
  state.efer = area.read('EFER');
  state.cr3 = area.read('CR3');
  state.cr4 = area.read('CR4');
  const flags = (area.read('RFLAGS') & RFLAGS_WRITABLE) | RFLAGS_FIXED;
  state.rflags = flags & ~WideRflags.VM;
  state.dr[7] = DR7_INITIAL;
  for (let index = 0; index <= 3; index++) state.setSegment(index, readSegment(area, index));
  const stack = state.segment(SS);
  state.setSegment(SS, { ...stack, accessRights: stack.accessRights & ~AccessRights.DPL });
  state.gdtr = { base: area.read('GDTR_BASE'), limit: area.readNumber('GDTR_LIMIT') };
  state.idtr = { base: area.read('IDTR_BASE'), limit: area.readNumber('IDTR_LIMIT') };
  state.rip = area.read('RIP');
  state.setGpr(RSP, area.read('RSP'));
  state.setGpr(RAX, area.read('RAX'));
  state.setMsr(Msr.PAT, area.read('G_PAT'));
  state.activity = 'active';
  state.monitored = undefined;
  state.interruptShadow = 'none';
  state.pendingDebug = 0;
}
