import { Vector } from '../../isa/exceptions';
import { ExitControl, PinBasedControl, SecondaryControl } from '../../isa/vmx/controls';
import { InterruptionInfo } from '../../isa/vmx/events';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { VmxAbort } from '../../isa/vmx/instruction-errors';
import type { InterruptEvent } from '../events/event';
import { VmxAborted } from '../faults';
import type { GuestModeHost } from '../guest-mode/host';
import { ROOT_OPERATION } from '../guest-mode/root-operation';
import { isValidPdpte, readPdptes } from '../paging/pdptes';
import type { Controls } from './controls';
import { saveGuestState } from './guest-state';
import { loadHostState } from './host-state';
import { interruptionInfo } from './interruption';
import { loadMsrs, storeMsrs } from './msr-areas';
import type { Vmcs } from './vmcs';
import { fieldWord } from './vmcs-layout';

/** What a VM exit reports beside its reason (SDM 3C 28.2). */
export interface ExitInformation {
  readonly reason: number;
  readonly qualification?: bigint | undefined;
  readonly guestLinear?: bigint | undefined;
  readonly guestPhysical?: bigint;
  /** The exception or interrupt that caused the exit. */
  readonly event?: InterruptEvent | undefined;
  /** The event whose delivery was under way. */
  readonly vectoring?: InterruptEvent | undefined;
  readonly instructionLength?: number;
  readonly instructionInformation?: number;
}

/** A VM exit: records why, saves the guest, loads the host (SDM 3C chapter 28). */
export function exitGuest(
  cpu: GuestModeHost,
  vmcs: Vmcs,
  controls: Controls,
  information: ExitInformation,
): void {
  const { state } = cpu;
  recordExit(cpu, vmcs, information, controls);
  saveGuestState(cpu, vmcs, controls);
  vmcs.put(Field.GUEST_PENDING_DBG_EXCEPTIONS, debugStaysPending(cpu, information));
  state.pendingDebug = 0;
  vmcs.written();
  if (!storeMsrs(cpu, vmcs, Field.VM_EXIT_MSR_STORE_ADDR, Field.VM_EXIT_MSR_STORE_COUNT)) {
    abort(vmcs, VmxAbort.SAVING_GUEST_MSRS);
  }
  cpu.tally.exits++;
  cpu.observer.exiting?.();
  cpu.spaces.leaveGuest();
  const nmi =
    information.event?.kind === 'NMI' && (controls.pin & PinBasedControl.NMI_EXITING) !== 0;
  leaveToHost(cpu, vmcs, controls);
  // What was blocked under "virtual NMIs" were virtual ones (SDM 3C 26.3, 28.5.5).
  if (controls.pin & PinBasedControl.VIRTUAL_NMIS) state.nmiBlocked = false;
  if (nmi) state.nmiBlocked = true;
  cpu.observer.modeSet?.();
}

/** Exits right after an instruction, before the debug exceptions that are due then. */
const BEFORE_DEBUG: ReadonlySet<number> = new Set([
  ExitReason.MONITOR_TRAP_FLAG,
  ExitReason.TPR_BELOW_THRESHOLD,
  ExitReason.VIRTUALIZED_EOI,
  ExitReason.APIC_WRITE,
]);

/** Debug exceptions that a VM exit came before, or that MOV SS holds back (SDM 3C 28.3.4). */
function debugStaysPending({ state }: GuestModeHost, { reason, event }: ExitInformation): number {
  const before = BEFORE_DEBUG.has(reason);
  const heldBack = state.interruptShadow === 'mov-ss' && event?.vector !== Vector.DB;
  return before || heldBack ? state.pendingDebug : 0;
}

/** What cannot be done in the middle of a VM exit ends in shutdown (SDM 3C 28.7). */
function abort(vmcs: Vmcs, indicator: number): never {
  vmcs.abortIndicator = indicator;
  throw new VmxAborted(indicator);
}

function recordExit(
  cpu: GuestModeHost,
  vmcs: Vmcs,
  information: ExitInformation,
  controls: Controls,
): void {
  const vectoring = information.vectoring ?? cpu.eventInDelivery;
  let { event } = information;
  if (
    information.reason === ExitReason.EXTERNAL_INTERRUPT &&
    controls.exit & ExitControl.ACKNOWLEDGE_INTERRUPT &&
    !event
  ) {
    event = {
      kind: 'external-interrupt',
      vector: cpu.bus.acknowledgeInterrupt(),
      returnRip: cpu.state.rip,
    };
  }
  vmcs.put(Field.EXIT_QUALIFICATION, information.qualification ?? 0);
  vmcs.put(Field.GUEST_LINEAR_ADDRESS, information.guestLinear ?? 0);
  vmcs.put(Field.GUEST_PHYSICAL_ADDRESS, information.guestPhysical ?? 0);
  const { words } = vmcs;
  words[WORD.REASON] = information.reason;
  words[WORD.INTERRUPTION] = event ? interruptionInfo(event) : 0;
  words[WORD.INTERRUPTION_ERROR] = event?.errorCode ?? 0;
  words[WORD.VECTORING] = vectoring ? interruptionInfo(vectoring) : 0;
  words[WORD.VECTORING_ERROR] = vectoring?.errorCode ?? 0;
  words[WORD.LENGTH] =
    information.instructionLength ?? softwareLength(event) ?? softwareLength(vectoring) ?? 0;
  words[WORD.INFORMATION] = information.instructionInformation ?? 0;
  // The event to inject is consumed by the entry that delivered it (SDM 3C 28.2.1).
  words[WORD.INJECTION] = (words[WORD.INJECTION] ?? 0) & ~InterruptionInfo.VALID;
}

/** Where the fields of 32 bits lie that a VM exit writes. */
const WORD = {
  REASON: fieldWord(Field.VM_EXIT_REASON),
  INTERRUPTION: fieldWord(Field.VM_EXIT_INTR_INFO),
  INTERRUPTION_ERROR: fieldWord(Field.VM_EXIT_INTR_ERROR_CODE),
  VECTORING: fieldWord(Field.IDT_VECTORING_INFO),
  VECTORING_ERROR: fieldWord(Field.IDT_VECTORING_ERROR_CODE),
  LENGTH: fieldWord(Field.VM_EXIT_INSTRUCTION_LEN),
  INFORMATION: fieldWord(Field.VMX_INSTRUCTION_INFO),
  INJECTION: fieldWord(Field.VM_ENTRY_INTR_INFO),
} as const;

function softwareLength(event: InterruptEvent | undefined): number | undefined {
  return event?.kind.includes('software') ? event.instructionLength : undefined;
}

/** The end of a VM exit, and of a VM entry that failed late: the processor is in root operation. */
export function leaveToHost(cpu: GuestModeHost, vmcs: Vmcs, controls: Controls): void {
  cpu.endDelivery();
  cpu.guestMode = ROOT_OPERATION;
  cpu.mmu.secondLevel = cpu.mmu.guarded = undefined;
  loadHostState(cpu, vmcs, controls.exit);
  loadHostPdptes(cpu, vmcs);
  const failed = loadMsrs(cpu, vmcs, Field.VM_EXIT_MSR_LOAD_ADDR, Field.VM_EXIT_MSR_LOAD_COUNT);
  if (failed !== undefined) abort(vmcs, VmxAbort.LOADING_HOST_MSRS);
  cpu.enterRoot((controls.secondary & SecondaryControl.ENABLE_VPID) !== 0);
  cpu.updateDerivedState();
  cpu.nextRip = cpu.state.rip;
}

/** A host with PAE paging gets the PDPTEs that its CR3 leads to (SDM 3C 28.5.4). */
function loadHostPdptes({ state, physical }: GuestModeHost, vmcs: Vmcs): void {
  if (!state.usesPdptes) return;
  const pdptes = readPdptes(state.cr3, (address) => physical.read64(Number(address)));
  const valid = pdptes.every((pdpte) => isValidPdpte(pdpte, state.physicalAddressWidth));
  if (!valid) abort(vmcs, VmxAbort.HOST_PDPTES);
  state.pdptes.set(pdptes);
}
