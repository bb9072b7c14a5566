import { Field } from '../../isa/vmx/fields';
import { ENTRY_FAILURE, ExitReason } from '../../isa/vmx/exit-reasons';
import { VmInstructionError } from '../../isa/vmx/instruction-errors';
import { InterruptionInfo } from '../../isa/vmx/events';
import {
  EntryControl,
  ExitControl,
  PinBasedControl,
  SecondaryControl,
} from '../../isa/vmx/controls';
import { Fault, WorldSwitch } from '../faults';
import type { InterruptEvent } from '../events/event';
import { requireNoBreakpoints } from '../system/debug-registers';
import { writeMsr, readMsr } from '../system/msr';
import type { Processor } from '../processor';
import { readControls, type Controls } from './controls';
import { checkEntry, msrLoadRefusal } from './entry-checks';
import { ExtendedPageTables } from './ept';
import { loadGuestState, saveGuestState } from './guest-state';
import { loadHostState } from './host-state';
import { Intercepts } from './intercepts';
import { injectedEvent, interruptionInfo } from './interruption';
import { ROOT_OPERATION } from './non-root';
import { LaunchState, type Vmcs } from './vmcs';
import { VM_FAIL_INVALID, VM_SUCCEED, type VmxOutcome } from './unit';

/** What a VM exit reports beside its reason (SDM 3C 28.2). */
export interface ExitInformation {
  readonly reason: number;
  readonly qualification?: bigint;
  readonly guestLinear?: bigint | undefined;
  readonly guestPhysical?: bigint;
  /** The exception or interrupt that caused the exit. */
  readonly event?: InterruptEvent | undefined;
  /** The event whose delivery was under way. */
  readonly vectoring?: InterruptEvent | undefined;
  readonly instructionLength?: number;
  readonly instructionInformation?: number;
}

/**
 * VM entry: VMLAUNCH or VMRESUME (SDM 3C chapter 27).
 *
 * @returns the outcome when the checks fail early; VMsucceed when the processor is now in the guest,
 *   or has come back by a VM exit due to invalid guest state
 */
export function enterGuest(cpu: Processor, launch: boolean): VmxOutcome {
  const outcome = tryEntry(cpu, launch);
  const late = outcome === FAILED_LATE;
  if (outcome.kind !== 'VMsucceed' || late) {
    const instruction = launch ? 'VMLAUNCH' : 'VMRESUME';
    const error = outcome.kind === 'VMfailValid' ? outcome.error : undefined;
    cpu.observer.entryFailed?.({ instruction, early: !late, error });
  }
  return outcome;
}

/** The entry came back by a VM exit before the guest's first instruction: to its software, a success. */
const FAILED_LATE: VmxOutcome = { kind: 'VMsucceed' };

function tryEntry(cpu: Processor, launch: boolean): VmxOutcome {
  const { vmx, state } = cpu;
  const vmcs = vmx.current;
  vmx.entryFailures = [];
  if (!vmcs) return VM_FAIL_INVALID;
  if (state.interruptShadow === 'mov-ss')
    return vmx.fail(VmInstructionError.ENTRY_BLOCKED_BY_MOV_SS);
  const launched = vmcs.launchState === LaunchState.LAUNCHED;
  if (launch && launched) return vmx.fail(VmInstructionError.VMLAUNCH_NOT_CLEAR);
  if (!launch && !launched) return vmx.fail(VmInstructionError.VMRESUME_NOT_LAUNCHED);
  const refusal = checkEntry({
    read: (field) => vmcs.read(field),
    readNumber: (field) => vmcs.readNumber(field),
    capabilities: vmx.capabilities,
    facts: {
      longModeActive: state.longMode,
      vmcsAddress: BigInt(vmcs.address),
      memory: cpu.physical,
    },
  });
  if (refusal) {
    vmx.entryFailures = refusal.failures;
    if (refusal.kind === 'VMfailValid') return vmx.fail(refusal.error);
    failEntry(cpu, vmcs, refusal.reason, BigInt(refusal.qualification));
    return FAILED_LATE;
  }
  const controls = readControls(vmcs);
  if (controls.entry & EntryControl.LOAD_DEBUG_CONTROLS) {
    requireNoBreakpoints(vmcs.read(Field.GUEST_DR7));
  }
  loadGuestState(state, vmcs, controls);
  if (!loadGuestMsrs(cpu, vmcs)) return FAILED_LATE;
  vmcs.launchState = LaunchState.LAUNCHED;
  enterNonRoot(cpu, vmcs, controls);
  cpu.observer.entered?.();
  injectEvent(cpu, vmcs);
  return VM_SUCCEED;
}

function enterNonRoot(cpu: Processor, vmcs: Vmcs, controls: Controls): void {
  const { vmx } = cpu;
  cpu.nonRoot = new Intercepts(cpu, vmcs, controls, (information) => {
    exitGuest(cpu, information);
    throw new WorldSwitch('VM exit');
  });
  if (controls.secondary & SecondaryControl.ENABLE_EPT) {
    cpu.mmu.secondLevel = new ExtendedPageTables(
      cpu.physical,
      vmcs.read(Field.EPT_POINTER),
      (reason, qualification, guestPhysical, guestLinear) => {
        exitGuest(cpu, { reason, qualification, guestPhysical, guestLinear });
        throw new WorldSwitch('VM exit');
      },
      vmx.capabilities.physicalAddressWidth,
    );
  }
  const vpid =
    controls.secondary & SecondaryControl.ENABLE_VPID
      ? vmcs.readNumber(Field.VIRTUAL_PROCESSOR_ID)
      : 0;
  cpu.enterAddressSpace({ vpid, eptp: vmcs.read(Field.EPT_POINTER) });
  cpu.updateDerivedState();
}

/** Event injection (SDM 3C 27.6). */
function injectEvent(cpu: Processor, vmcs: Vmcs): void {
  const info = vmcs.readNumber(Field.VM_ENTRY_INTR_INFO);
  if (!(info & InterruptionInfo.VALID)) return;
  const event = injectedEvent(
    info,
    vmcs.readNumber(Field.VM_ENTRY_EXCEPTION_ERROR_CODE),
    cpu.state.rip,
    vmcs.readNumber(Field.VM_ENTRY_INSTRUCTION_LEN),
  );
  if (!event) cpu.nonRoot.pendTrapFlag();
  else cpu.inject(event);
}

/** A VM entry that fails after it began: only reason and qualification are recorded (SDM 3C 27.8). */
function failEntry(cpu: Processor, vmcs: Vmcs, reason: number, qualification: bigint): void {
  vmcs.write(Field.VM_EXIT_REASON, reason >>> 0);
  vmcs.write(Field.EXIT_QUALIFICATION, qualification);
  leaveToHost(cpu, vmcs, Number(vmcs.read(Field.VM_EXIT_CONTROLS)));
}

/** The VM-entry MSR-load area (SDM 3C 27.4); false when an entry could not be loaded. */
function loadGuestMsrs(cpu: Processor, vmcs: Vmcs): boolean {
  const count = vmcs.readNumber(Field.VM_ENTRY_MSR_LOAD_COUNT);
  const base = Number(vmcs.read(Field.VM_ENTRY_MSR_LOAD_ADDR));
  const failed = loadMsrs(cpu, base, count);
  if (failed === undefined) return true;
  const reason = (ENTRY_FAILURE | ExitReason.ENTRY_FAILURE_MSR_LOADING) >>> 0;
  failEntry(cpu, vmcs, reason, BigInt(failed));
  return false;
}

/** Loads an MSR area; gives the number, from 1, of the entry that could not be loaded. */
function loadMsrs(cpu: Processor, base: number, count: number): number | undefined {
  for (let n = 0; n < count; n++) {
    const at = base + 16 * n;
    const entry = {
      index: cpu.physical.read32(at),
      reserved: cpu.physical.read32(at + 4),
      data: cpu.physical.read64(at + 8),
    };
    if (msrLoadRefusal(entry, false, false)) return n + 1;
    try {
      writeMsr(cpu, entry.index, entry.data);
    } catch (thrown) {
      if (thrown instanceof Fault) return n + 1;
      throw thrown;
    }
  }
  return undefined;
}

/** A VM exit: records why, saves the guest, loads the host (SDM 3C chapter 28). */
export function exitGuest(cpu: Processor, information: ExitInformation): void {
  const { state, vmx } = cpu;
  const vmcs = vmx.current;
  if (!vmcs) throw new Error('VM exit without a current VMCS');
  const controls = readControls(vmcs);
  const vectoring = information.vectoring ?? cpu.eventInDelivery;
  recordExit(cpu, vmcs, information, vectoring, controls);
  cpu.nonRoot.saveTimer();
  saveGuestState(state, vmcs, controls);
  storeMsrs(cpu, vmcs);
  cpu.observer.exiting?.();
  const nmi =
    information.event?.kind === 'NMI' && (controls.pin & PinBasedControl.NMI_EXITING) !== 0;
  leaveToHost(cpu, vmcs, controls.exit);
  if (nmi) state.nmiBlocked = true;
}

function recordExit(
  cpu: Processor,
  vmcs: Vmcs,
  information: ExitInformation,
  vectoring: InterruptEvent | undefined,
  controls: Controls,
): void {
  let { event } = information;
  if (
    information.reason === ExitReason.EXTERNAL_INTERRUPT &&
    controls.exit & ExitControl.ACKNOWLEDGE_INTERRUPT
  ) {
    event = {
      kind: 'external-interrupt',
      vector: cpu.bus.acknowledgeInterrupt(),
      returnRip: cpu.state.rip,
    };
  }
  vmcs.write(Field.VM_EXIT_REASON, information.reason >>> 0);
  vmcs.write(Field.EXIT_QUALIFICATION, information.qualification ?? 0n);
  vmcs.write(Field.GUEST_LINEAR_ADDRESS, information.guestLinear ?? 0n);
  vmcs.write(Field.GUEST_PHYSICAL_ADDRESS, information.guestPhysical ?? 0n);
  vmcs.write(Field.VM_EXIT_INTR_INFO, event ? interruptionInfo(event) : 0);
  vmcs.write(Field.VM_EXIT_INTR_ERROR_CODE, event?.errorCode ?? 0);
  vmcs.write(Field.IDT_VECTORING_INFO, vectoring ? interruptionInfo(vectoring) : 0);
  vmcs.write(Field.IDT_VECTORING_ERROR_CODE, vectoring?.errorCode ?? 0);
  const length =
    information.instructionLength ?? softwareLength(event) ?? softwareLength(vectoring) ?? 0;
  vmcs.write(Field.VM_EXIT_INSTRUCTION_LEN, length);
  vmcs.write(Field.VMX_INSTRUCTION_INFO, (information.instructionInformation ?? 0) >>> 0);
  // The event to inject is consumed by the entry that delivered it (SDM 3C 28.2.1).
  const entryInfo = vmcs.readNumber(Field.VM_ENTRY_INTR_INFO);
  vmcs.write(Field.VM_ENTRY_INTR_INFO, (entryInfo & ~InterruptionInfo.VALID) >>> 0);
}

function softwareLength(event: InterruptEvent | undefined): number | undefined {
  return event?.kind.includes('software') ? event.instructionLength : undefined;
}

/** The VM-exit MSR-store area (SDM 3C 28.4). */
function storeMsrs(cpu: Processor, vmcs: Vmcs): void {
  const count = vmcs.readNumber(Field.VM_EXIT_MSR_STORE_COUNT);
  const base = Number(vmcs.read(Field.VM_EXIT_MSR_STORE_ADDR));
  for (let n = 0; n < count; n++) {
    const at = base + 16 * n;
    cpu.physical.write64(at + 8, readMsr(cpu, cpu.physical.read32(at)));
  }
}

function leaveToHost(cpu: Processor, vmcs: Vmcs, exitControls: number): void {
  cpu.endDelivery();
  cpu.nonRoot = ROOT_OPERATION;
  cpu.mmu.secondLevel = undefined;
  loadHostState(cpu.state, vmcs, exitControls);
  const count = vmcs.readNumber(Field.VM_EXIT_MSR_LOAD_COUNT);
  loadMsrs(cpu, Number(vmcs.read(Field.VM_EXIT_MSR_LOAD_ADDR)), count);
  cpu.flushWorld(0);
  cpu.updateDerivedState();
  cpu.nextRip = cpu.state.rip;
}
