import { EntryControl, SecondaryControl } from '../../isa/vmx/controls';
import { InterruptionInfo } from '../../isa/vmx/events';
import { ENTRY_FAILURE, ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { VmInstructionError } from '../../isa/vmx/instruction-errors';
import type { GuestModeHost } from '../guest-mode/host';
import { requireNoBreakpoints } from '../system/debug-registers';
import { readControls, type Controls } from './controls';
import { checkEntry } from './entry-checks';
import { ExtendedPageTables } from './ept';
import { loadGuestState } from './guest-state';
import { Intercepts } from './intercepts';
import { injectedEvent } from './interruption';
import { loadMsrs } from './msr-areas';
import { VM_FAIL_INVALID, VM_SUCCEED, type VmxOutcome } from './outcome';
import { leaveToHost } from './vm-exit';
import { LaunchState, type Vmcs } from './vmcs';

/**
 * VM entry: VMLAUNCH or VMRESUME (SDM 3C chapter 27).
 *
 * @returns the outcome when the checks fail early; VMsucceed when the processor is now in the guest,
 *   or has come back by a VM exit due to invalid guest state
 */
export function enterGuest(cpu: GuestModeHost, launch: boolean): VmxOutcome {
  const outcome = tryEntry(cpu, launch);
  if (outcome.kind !== 'VMsucceed') cpu.observer.entryFailed?.();
  return outcome;
}

function tryEntry(cpu: GuestModeHost, launch: boolean): VmxOutcome {
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
    return VM_SUCCEED;
  }
  const controls = readControls(vmcs);
  if (controls.entry & EntryControl.LOAD_DEBUG_CONTROLS) {
    requireNoBreakpoints(vmcs.read(Field.GUEST_DR7));
  }
  loadGuestState(state, vmcs, controls);
  if (!loadGuestMsrs(cpu, vmcs)) return VM_SUCCEED;
  vmcs.launchState = LaunchState.LAUNCHED;
  const intercepts = enterNonRoot(cpu, vmcs, controls);
  cpu.observer.entered?.();
  injectEvent(cpu, vmcs, intercepts);
  return VM_SUCCEED;
}

function enterNonRoot(cpu: GuestModeHost, vmcs: Vmcs, controls: Controls): Intercepts {
  const intercepts = new Intercepts(cpu, vmcs, controls);
  cpu.guestMode = intercepts;
  if (controls.secondary & SecondaryControl.ENABLE_EPT) {
    cpu.mmu.secondLevel = new ExtendedPageTables(
      cpu.physical,
      vmcs.read(Field.EPT_POINTER),
      (reason, qualification, guestPhysical, guestLinear) =>
        intercepts.exit({ reason, qualification, guestPhysical, guestLinear }),
    );
  }
  const tag =
    controls.secondary & SecondaryControl.ENABLE_VPID
      ? vmcs.readNumber(Field.VIRTUAL_PROCESSOR_ID)
      : 0;
  cpu.enterAddressSpace({ tag, root: vmcs.read(Field.EPT_POINTER) });
  cpu.updateDerivedState();
  return intercepts;
}

/** Event injection (SDM 3C 27.6). */
function injectEvent(cpu: GuestModeHost, vmcs: Vmcs, intercepts: Intercepts): void {
  const info = vmcs.readNumber(Field.VM_ENTRY_INTR_INFO);
  if (!(info & InterruptionInfo.VALID)) return;
  const event = injectedEvent(
    info,
    vmcs.readNumber(Field.VM_ENTRY_EXCEPTION_ERROR_CODE),
    cpu.state.rip,
    vmcs.readNumber(Field.VM_ENTRY_INSTRUCTION_LEN),
  );
  if (!event) intercepts.pendTrapFlag();
  else cpu.inject(event);
}

/** A VM entry that fails after it began: only reason and qualification are recorded (SDM 3C 27.8). */
function failEntry(cpu: GuestModeHost, vmcs: Vmcs, reason: number, qualification: bigint): void {
  vmcs.write(Field.VM_EXIT_REASON, reason >>> 0);
  vmcs.write(Field.EXIT_QUALIFICATION, qualification);
  cpu.observer.entryFailed?.();
  leaveToHost(cpu, vmcs, Number(vmcs.read(Field.VM_EXIT_CONTROLS)));
}

/** The VM-entry MSR-load area (SDM 3C 27.4); false when an entry could not be loaded. */
function loadGuestMsrs(cpu: GuestModeHost, vmcs: Vmcs): boolean {
  const failed = loadMsrs(cpu, vmcs, Field.VM_ENTRY_MSR_LOAD_ADDR, Field.VM_ENTRY_MSR_LOAD_COUNT);
  if (failed === undefined) return true;
  const reason = (ENTRY_FAILURE | ExitReason.ENTRY_FAILURE_MSR_LOADING) >>> 0;
  failEntry(cpu, vmcs, reason, BigInt(failed));
  return false;
}
