import { TlbControl } from '../../isa/svm/control-fields';
import { Event } from '../../isa/svm/intercepts';
import { WorldSwitch } from '../faults';
import type { GuestModeHost } from '../guest-mode/host';
import { readPdptes } from '../paging/pdptes';
import { loadBranchState, saveBranchState, virtualizesBranches } from './branch-state';
import { injectedEvent } from './event-information';
import { loadGuestState } from './guest-state';
import { saveHostState } from './host-state';
import type { SvmGuest } from './svm-guest';
import type { Vmcb } from './vmcb';
import { refuseEntry } from './vmexit';
import { failuresOf } from './vmrun-failures';

/**
 * VMRUN with the host-physical address of a VMCB, which is aligned (APM 2 15.5). The processor is then in the guest,
 * or has come back by a #VMEXIT; the host goes on at `nextRip`.
 */
export function enterGuest(cpu: GuestModeHost, address: number): void {
  const { svm, state } = cpu;
  const guest = svm.activate(address);
  const { vmcb } = guest;
  saveHostState(state, svm.hostSaveArea, cpu.nextRip);
  cpu.spaces.leaveRoot();
  svm.entryFailures = failuresOf(vmcb, svm.capabilities, state.paging);
  if (svm.entryFailures.length > 0) {
    refuseEntry(cpu, vmcb);
    cpu.observer.entryFailed?.({ instruction: 'VMRUN', early: false, error: undefined });
    return;
  }
  guest.begin();
  flushAsAsked(cpu, vmcb);
  if (virtualizesBranches(vmcb)) {
    saveBranchState(state, svm.hostSaveArea);
    loadBranchState(state, vmcb);
  }
  loadGuestState(state, vmcb);
  svm.enterMode();
  cpu.spaces.enterGuest({ tag: vmcb.readNumber('GUEST_ASID'), root: guest.translate() });
  cpu.updateDerivedState();
  cpu.tally.entries++;
  cpu.observer.entered?.();
  try {
    loadPdptes(cpu);
    injectEvent(cpu, guest);
  } catch (thrown) {
    if (!(thrown instanceof WorldSwitch)) throw thrown;
  }
}

/** TLB_CONTROL (APM 2 15.16.2). */
function flushAsAsked(cpu: GuestModeHost, vmcb: Vmcb): void {
  switch (vmcb.readNumber('TLB_CONTROL')) {
    case TlbControl.FLUSH_ALL:
      cpu.flushWorld(0);
      cpu.flushWorld(1);
      return;
    case TlbControl.FLUSH_GUEST:
      if (isPresent(cpu, vmcb)) cpu.flushWorld(1);
      return;
    case TlbControl.FLUSH_GUEST_NON_GLOBAL:
      if (isPresent(cpu, vmcb)) cpu.flushWorld(1, true);
  }
}

/** Whether the translations that the TLB has are those of the guest's ASID. */
const isPresent = (cpu: GuestModeHost, vmcb: Vmcb): boolean =>
  cpu.spaces.guest.tag === vmcb.readNumber('GUEST_ASID');

/** The PDPTEs that CR3 leads to, which under nested paging is a guest-physical address. */
function loadPdptes({ state, mmu, physical }: GuestModeHost): void {
  if (!state.usesPdptes) return;
  const read = { write: false, execute: false, update: false, linear: undefined, pageWalk: true };
  state.pdptes.set(
    readPdptes(state.cr3, (address) => physical.read64(mmu.guestPhysical(address, read).address)),
  );
}

/** EVENTINJ (APM 2 15.20). An NMI that is injected blocks others only where NMIs are virtual (15.21.10). */
function injectEvent(cpu: GuestModeHost, guest: SvmGuest): void {
  const { vmcb } = guest;
  const information = vmcb.readNumber('EVENTINJ');
  if ((information & Event.V) === 0) return;
  const { state } = cpu;
  const errorCode = vmcb.readNumber('EVENTINJ_ERROR_CODE');
  const event = injectedEvent(information, errorCode, state.rip, vmcb.read('NRIP'));
  if (event.kind === 'hardware-exception') cpu.tally.injectedExceptions++;
  if (event.kind === 'NMI') guest.nmiInjected();
  const { nmiBlocked } = state;
  cpu.inject(event);
  state.nmiBlocked = nmiBlocked;
}
