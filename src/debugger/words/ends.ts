import * as l10n from '@vscode/l10n';
import { exitStatus, type End, type Outcome } from '../../session';
import { abortText, failureWords } from '../techniques';

/** Why the guest has ended, in the user's language. */
export function endReason(end: End): string {
  switch (end.kind) {
    case 'halted':
      return l10n.t('halted with interrupts disabled');
    case 'hypercall':
      return l10n.t('exit hypercall');
    case 'exit-device':
      return l10n.t('exit device');
    case 'power-off':
      return l10n.t('power-off');
    case 'reset':
      return l10n.t('reset');
    case 'shutdown':
      return l10n.t('triple fault');
    case 'vmx-abort':
      return abortText(end.indicator);
    case 'failure':
      return failureWords(end.failure);
  }
}

/** For the console, when the session ends. */
export function endText(end: End): string {
  return l10n.t('The guest has ended: {0} (exit code {1})', endReason(end), exitStatus(end));
}

/** What the command line says of an end that nobody wishes for; nothing of the others. */
export function troubleText(outcome: Outcome): string | undefined {
  if (outcome.kind === 'failure') return failureWords(outcome.failure);
  if (outcome.kind === 'vmx-abort') return abortText(outcome.indicator);
  if (outcome.kind !== 'not-implemented') return undefined;
  const address = `0x${outcome.address.toString(16)}`;
  return l10n.t('not implemented: {0} at {1}', outcome.what, address);
}
