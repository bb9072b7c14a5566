import * as l10n from '@vscode/l10n';
import { VM_INSTRUCTION_ERRORS, VMX_ABORTS } from '../../isa/vmx/instruction-errors';
import type { GuestFailure } from '../../vmm';
import { INVALID as VMRUN_REFUSED } from './svm/exit-words';
import type { ExitNames } from './technique';

/** Why a VM exit could not be done, in the user's language. */
export function abortText(indicator: number): string {
  const text = l10n.t(VMX_ABORTS[indicator] ?? '');
  return l10n.t('VMX abort {0}: {1}. The processor has shut down.', indicator, text);
}

/**
 * Why a monitor cannot go on with its guest, in the user's language.
 *
 * @param exits of the technique by which the guest ran
 */
export function failureWords(failure: GuestFailure, exits: ExitNames): string {
  switch (failure.kind) {
    case 'entry-refused':
      return failure.error === undefined
        ? l10n.t('{0}: there is no current VMCS', failure.instruction)
        : l10n.t(
            '{0}: VM-instruction error {1}: {2}',
            failure.instruction,
            failure.error,
            l10n.t(VM_INSTRUCTION_ERRORS[failure.error] ?? ''),
          );
    case 'entry-failed':
      return failure.reason === VMRUN_REFUSED
        ? l10n.t('VMRUN failed: VMEXIT_INVALID')
        : l10n.t('VM entry failed: exit reason {0}', failure.reason);
    case 'feature-missing':
      return l10n.t('the processor has no {0}', failure.feature);
    case 'unhandled-exit':
      return l10n.t(
        'the monitor has no handler for VM exit {0}: {1}',
        exits.number(failure.reason),
        exits.name(failure.reason),
      );
    case 'fetch-outside-memory':
      return l10n.t('fetch from guest-physical memory that does not exist');
    case 'out-of-host-memory':
      return l10n.t('the host has no frame left for the guest');
  }
}
