import { ExitControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { VmInstructionError } from '../../../isa/vmx/instruction-errors';
import type { Processor } from '../../../processor/processor';
import { explainEntry, type EntryCheckFailure } from '../../../processor/vmx/entry-checks';
import { LaunchState, type Vmcs } from '../../../processor/vmx/vmcs';

/** How a VM entry with a VMCS would end, as it is now. */
export interface NextEntry {
  readonly instruction: 'VMLAUNCH' | 'VMRESUME';
  /** Every check that the VMCS does not pass, the processor's first one first. */
  readonly failures: readonly EntryCheckFailure[];
  /** The VM-instruction error with which the instruction fails before any check: the launch state is wrong for it. */
  readonly error: number | undefined;
}

const ENTRY_INSTRUCTIONS = [
  { instruction: 'VMLAUNCH', bytes: [0x0f, 0x01, 0xc2], wants: LaunchState.CLEAR },
  { instruction: 'VMRESUME', bytes: [0x0f, 0x01, 0xc3], wants: LaunchState.LAUNCHED },
] as const;

/** A host that is in 64-bit mode after VM exits is in IA-32e mode when it enters the guest again. */
function willBeLong(cpu: Processor, vmcs: Vmcs): boolean {
  if (!cpu.guestMode.active) return cpu.state.longMode;
  return (vmcs.readNumber(Field.VM_EXIT_CONTROLS) & ExitControl.HOST_ADDRESS_SPACE_SIZE) !== 0;
}

/**
 * Makes the processor's own checks without an entry (SDM 3C 27.1 to 27.3). Nothing is changed: what a check
 * reads it reads from memory.
 *
 * @param isNext whether the instruction at RIP may be the one that enters
 */
export function nextEntry(cpu: Processor, vmcs: Vmcs, isNext: boolean): NextEntry {
  const failures = explainEntry({
    read: (field) => vmcs.read(field),
    readNumber: (field) => vmcs.readNumber(field),
    capabilities: cpu.vmx.capabilities,
    facts: {
      longModeActive: willBeLong(cpu, vmcs),
      vmcsAddress: BigInt(vmcs.address),
      memory: cpu.physical,
    },
  });
  const usual = ENTRY_INSTRUCTIONS[vmcs.launchState];
  const bytes = isNext ? cpu.instructionBytes() : undefined;
  const coming = ENTRY_INSTRUCTIONS.find((each) =>
    each.bytes.every((byte, n) => byte === bytes?.[n]),
  );
  const wrong = coming !== undefined && coming.wants !== vmcs.launchState;
  const error =
    coming?.instruction === 'VMLAUNCH'
      ? VmInstructionError.VMLAUNCH_NOT_CLEAR
      : VmInstructionError.VMRESUME_NOT_LAUNCHED;
  const { instruction } = coming ?? usual;
  return { instruction, failures, error: wrong ? error : undefined };
}
