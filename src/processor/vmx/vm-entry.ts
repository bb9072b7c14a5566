import { SecondaryControl } from '../../isa/vmx/controls';
import { InterruptionInfo } from '../../isa/vmx/events';
import { ENTRY_FAILURE, ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { VmInstructionError } from '../../isa/vmx/instruction-errors';
import type { GuestModeHost } from '../guest-mode/host';
import { readPdptes } from '../paging/pdptes';
import type { ActiveVmcs } from './active-vmcs';
import { readControls, type Controls } from './controls';
import { checkEntry, type EntryCheckFailure, type EntryRefusal } from './entry-checks';
import { loadGuestState } from './guest-state';
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

const NO_FAILURES: readonly EntryCheckFailure[] = [];

function tryEntry(cpu: GuestModeHost, launch: boolean): VmxOutcome {
  const { vmx, state } = cpu;
  const { active } = vmx;
  vmx.entryFailures = NO_FAILURES;
  if (!active || active.vmcs.isShadow) return VM_FAIL_INVALID;
  if (state.interruptShadow === 'mov-ss')
    return vmx.fail(VmInstructionError.ENTRY_BLOCKED_BY_MOV_SS);
  const { vmcs } = active;
  const launched = vmcs.launchState === LaunchState.LAUNCHED;
  if (launch && launched) return vmx.fail(VmInstructionError.VMLAUNCH_NOT_CLEAR);
  if (!launch && !launched) return vmx.fail(VmInstructionError.VMRESUME_NOT_LAUNCHED);
  const refusal = active.checks.pass(state.longMode) ? undefined : refusalOf(cpu, vmcs);
  const controls = readControls(vmcs);
  cpu.spaces.leaveRoot();
  if (refusal) {
    vmx.entryFailures = refusal.failures;
    if (refusal.kind === 'VMfailValid') return vmx.fail(refusal.error);
    failEntry(cpu, vmcs, controls, refusal.reason, refusal.qualification);
    return FAILED_LATE;
  }
  loadGuestState(cpu, vmcs, controls);
  loadPdptesOfMemory(cpu, controls);
  if (!loadGuestMsrs(cpu, vmcs, controls)) return FAILED_LATE;
  if (!launched) vmcs.launchState = LaunchState.LAUNCHED;
  enterNonRoot(cpu, active, controls);
  cpu.tally.entries++;
  cpu.observer.entered?.();
  injectEvent(cpu, active);
  return VM_SUCCEED;
}

/** Without EPT the PDPTEs of PAE paging are those that CR3 leads to; they have been checked (SDM 3C 27.3.2.4). */
function loadPdptesOfMemory({ state, physical }: GuestModeHost, controls: Controls): void {
  if (!state.usesPdptes || controls.secondary & SecondaryControl.ENABLE_EPT) return;
  state.pdptes.set(readPdptes(state.cr3, (address) => physical.read64(Number(address))));
}

/** Which checks the VMCS does not pass. */
function refusalOf(cpu: GuestModeHost, vmcs: Vmcs): EntryRefusal | undefined {
  return checkEntry({
    read: (field) => vmcs.read(field),
    readNumber: (field) => vmcs.readNumber(field),
    capabilities: cpu.vmx.capabilities,
    facts: {
      longModeActive: cpu.state.longMode,
      vmcsAddress: BigInt(vmcs.address),
      memory: cpu.physical,
    },
  });
}

function enterNonRoot(cpu: GuestModeHost, active: ActiveVmcs, controls: Controls): void {
  const { intercepts } = active;
  intercepts.begin(controls);
  cpu.guestMode = intercepts;
  active.enterAddressSpace(controls);
  cpu.updateDerivedState();
}

/** Event injection (SDM 3C 27.6). */
function injectEvent(cpu: GuestModeHost, { vmcs, intercepts }: ActiveVmcs): void {
  const info = vmcs.readNumber(Field.VM_ENTRY_INTR_INFO);
  if (!(info & InterruptionInfo.VALID)) return;
  const event = injectedEvent(
    info,
    vmcs.readNumber(Field.VM_ENTRY_EXCEPTION_ERROR_CODE),
    cpu.state.rip,
    vmcs.readNumber(Field.VM_ENTRY_INSTRUCTION_LEN),
  );
  if (!event) {
    intercepts.pendTrapFlag();
    return;
  }
  if (event.kind === 'hardware-exception') cpu.tally.injectedExceptions++;
  cpu.inject(event);
}

/** A VM entry that fails after it began: only reason and qualification are recorded (SDM 3C 27.8). */
function failEntry(
  cpu: GuestModeHost,
  vmcs: Vmcs,
  controls: Controls,
  reason: number,
  qualification: number,
): void {
  vmcs.write(Field.VM_EXIT_REASON, reason >>> 0);
  vmcs.write(Field.EXIT_QUALIFICATION, qualification);
  leaveToHost(cpu, vmcs, controls);
}

/** The VM-entry MSR-load area (SDM 3C 27.4); false when an entry could not be loaded. */
function loadGuestMsrs(cpu: GuestModeHost, vmcs: Vmcs, controls: Controls): boolean {
  const failed = loadMsrs(cpu, vmcs, Field.VM_ENTRY_MSR_LOAD_ADDR, Field.VM_ENTRY_MSR_LOAD_COUNT);
  if (failed === undefined) return true;
  const reason = (ENTRY_FAILURE | ExitReason.ENTRY_FAILURE_MSR_LOADING) >>> 0;
  failEntry(cpu, vmcs, controls, reason, failed);
  return false;
}
