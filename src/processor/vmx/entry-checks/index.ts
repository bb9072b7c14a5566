import * as l10n from '@vscode/l10n';
import { ENTRY_FAILURE, ExitReason } from '../../../isa/vmx/exit-reasons';
import { VmInstructionError } from '../../../isa/vmx/instruction-errors';
import { ENTRY_CONTROL_CHECKS } from './entry-controls';
import { EPT_CHECKS } from './ept';
import { EXECUTION_CONTROL_CHECKS } from './execution-controls';
import { EXIT_CONTROL_CHECKS } from './exit-controls';
import { GUEST_NON_REGISTER_CHECKS } from './guest-non-register';
import { GUEST_PDPTE_CHECKS } from './guest-pdptes';
import { GUEST_REGISTER_CHECKS } from './guest-registers';
import { GUEST_SEGMENT_CHECKS } from './guest-segments';
import { GUEST_RIP_RFLAGS_CHECKS, GUEST_TABLE_CHECKS } from './guest-tables-rip';
import { ADDRESS_SPACE_CHECKS, HOST_REGISTER_CHECKS, HOST_SEGMENT_CHECKS } from './host-state';
import { failureOf, type CheckArea, type EntryCheck, type EntryCheckFailure } from './rule';
import { VIRTUAL_APIC_CHECKS } from './virtual-apic';
import { EntryView, type EntryContext } from './view';

export type { CheckArea, EntryCheck, EntryCheckFailure } from './rule';
export {
  EntryView,
  type EntryContext,
  type EntryFacts,
  type EntryMemory,
  type FieldReader,
} from './view';
export { isValidEptp } from './ept';
export { msrLoadRefusal, type MsrAreaEntry } from './msr-loading';

/** Every check, by area, in the manual's order (SDM 3C 27.2, 27.3). */
export const ENTRY_CHECKS: Readonly<Record<CheckArea, readonly EntryCheck[]>> = {
  controls: [
    ...EXECUTION_CONTROL_CHECKS,
    ...VIRTUAL_APIC_CHECKS,
    ...EPT_CHECKS,
    ...EXIT_CONTROL_CHECKS,
    ...ENTRY_CONTROL_CHECKS,
  ],
  host: [...HOST_REGISTER_CHECKS, ...HOST_SEGMENT_CHECKS, ...ADDRESS_SPACE_CHECKS],
  guest: [
    ...GUEST_REGISTER_CHECKS,
    ...GUEST_SEGMENT_CHECKS,
    ...GUEST_TABLE_CHECKS,
    ...GUEST_RIP_RFLAGS_CHECKS,
    ...GUEST_NON_REGISTER_CHECKS,
    ...GUEST_PDPTE_CHECKS,
  ],
};

const AREAS: readonly CheckArea[] = ['controls', 'host', 'guest'];

function failuresIn(area: CheckArea, view: EntryView): EntryCheckFailure[] {
  const failures: EntryCheckFailure[] = [];
  for (const check of ENTRY_CHECKS[area]) {
    const failure = failureOf(check, view);
    if (failure) failures.push(failure);
  }
  return failures;
}

/** Every check that the VMCS does not pass, in all areas: for people who want to know why. */
export function explainEntry(context: EntryContext): EntryCheckFailure[] {
  const view = new EntryView(context);
  return AREAS.flatMap((area) => failuresIn(area, view));
}

/** How a VM entry ends that does not pass its checks (SDM 3C 27.1, 27.8). */
export type EntryRefusal =
  | {
      /** VMfailValid with this VM-instruction error: 7 or 8. */
      readonly kind: 'VMfailValid';
      readonly error: number;
      readonly failures: readonly EntryCheckFailure[];
    }
  | {
      /** A VM exit with this reason (bit 31 set) and qualification. */
      readonly kind: 'VM exit';
      readonly reason: number;
      readonly qualification: number;
      readonly failures: readonly EntryCheckFailure[];
    };

/**
 * Makes the checks in the processor's order and stops after the first area with failures.
 * @returns undefined when the VM entry may go on
 */
export function checkEntry(context: EntryContext): EntryRefusal | undefined {
  const view = new EntryView(context);
  for (const area of AREAS) {
    const failures = failuresIn(area, view);
    const first = failures[0];
    if (!first) continue;
    if (area === 'guest') {
      const reason = (ENTRY_FAILURE | ExitReason.ENTRY_FAILURE_GUEST_STATE) >>> 0;
      return { kind: 'VM exit', reason, qualification: first.qualification, failures };
    }
    const error =
      area === 'controls'
        ? VmInstructionError.ENTRY_INVALID_CONTROLS
        : VmInstructionError.ENTRY_INVALID_HOST_STATE;
    return { kind: 'VMfailValid', error, failures };
  }
  return undefined;
}

/** A failed check in one line, in the user's language. */
export function formatFailure(failure: EntryCheckFailure): string {
  return l10n.t('{0}; allowed: {1} ({2})', failure.found, failure.allowed, failure.section);
}
