import { Rflags } from '../../isa/registers/flags';
import { VMEXIT_INVALID } from '../../isa/svm/exit-codes';
import { SINGLE_STEP } from '../events/debug';
import type { InterruptEvent } from '../events/event';
import type { GuestModeHost } from '../guest-mode/host';
import { readPdptes } from '../paging/pdptes';
import { loadBranchState, saveBranchState, virtualizesBranches } from './branch-state';
import { eventInformation } from './event-information';
import { saveGuestState } from './guest-state';
import { loadHostState } from './host-state';
import type { Vmcb } from './vmcb';

/** What a #VMEXIT reports (APM 2 15.7). */
export interface ExitInformation {
  readonly code: number;
  readonly info1?: bigint;
  readonly info2?: bigint;
  /** The event whose delivery was under way, if it is not the one that the processor delivers. */
  readonly vectoring?: InterruptEvent | undefined;
  /** Of an instruction that was intercepted: the RIP behind it; others tell 0. */
  readonly nextRip?: bigint | undefined;
  /** It tells the bytes of the instruction, of which an access to data has faulted (APM 2 15.8.4). */
  readonly tellsInstruction?: boolean;
}

/** A #VMEXIT: records why, saves the guest, loads the host (APM 2 15.6). */
export function exitGuest(cpu: GuestModeHost, vmcb: Vmcb, information: ExitInformation): void {
  recordExit(cpu, vmcb, information);
  cpu.svm.currentGuest?.end();
  saveGuestState(cpu.state, vmcb);
  if (virtualizesBranches(vmcb)) {
    saveBranchState(cpu.state, vmcb);
    loadBranchState(cpu.state, cpu.svm.hostSaveArea);
  }
  vmcb.written();
  cpu.tally.exits++;
  cpu.observer.exiting?.();
  cpu.spaces.leaveGuest();
  leaveToHost(cpu);
}

function recordExit(cpu: GuestModeHost, vmcb: Vmcb, information: ExitInformation): void {
  const { code, info1 = 0n, info2 = 0n, nextRip = 0n, tellsInstruction } = information;
  const vectoring = information.vectoring ?? cpu.eventInDelivery;
  vmcb.put('EXITCODE', code);
  vmcb.put('EXITINFO1', info1);
  vmcb.put('EXITINFO2', info2);
  vmcb.put('EXITINTINFO', vectoring ? eventInformation(vectoring) : 0);
  vmcb.put('EXITINTINFO_ERROR_CODE', vectoring?.errorCode ?? 0);
  vmcb.put('NRIP', nextRip);
  if (tellsInstruction) vmcb.putInstruction(cpu.instructionBytes());
  else vmcb.put('BYTES_FETCHED', 0);
  endInjection(vmcb);
}

/** The event to inject has been taken: nothing of it is left (APM 3 VMRUN). */
function endInjection(vmcb: Vmcb): void {
  vmcb.put('EVENTINJ', 0);
  vmcb.put('EVENTINJ_ERROR_CODE', 0);
}

/** VMRUN has found what is not allowed: the guest's state stays as it is (APM 2 15.5.1). */
export function refuseEntry(cpu: GuestModeHost, vmcb: Vmcb): void {
  vmcb.put('EXITCODE', VMEXIT_INVALID);
  for (const field of ['EXITINFO1', 'EXITINFO2', 'EXITINTINFO', 'NRIP'] as const) {
    vmcb.put(field, 0);
  }
  endInjection(vmcb);
  vmcb.written();
  leaveToHost(cpu);
}

/** The end of each #VMEXIT: the host goes on behind VMRUN, with the global interrupt flag 0. */
function leaveToHost(cpu: GuestModeHost): void {
  const { state, svm } = cpu;
  cpu.endDelivery();
  svm.leave();
  cpu.mmu.secondLevel = undefined;
  loadHostState(state, svm.hostSaveArea);
  if (state.usesPdptes) {
    state.pdptes.set(readPdptes(state.cr3, (address) => cpu.physical.read64(Number(address))));
  }
  cpu.enterRoot(true);
  cpu.updateDerivedState();
  cpu.nextRip = state.rip;
  // VMRUN was executed with TF set: the trap comes behind it.
  if (state.hasFlag(Rflags.TF)) state.pendingDebug = SINGLE_STEP;
}
