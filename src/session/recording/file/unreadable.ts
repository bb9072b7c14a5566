import * as l10n from '@vscode/l10n';

/** A file is no recording that can be opened here: the message says why. */
export class UnreadableRecording extends Error {
  override name = 'UnreadableRecording';
}

/** @param how in words */
export const damaged = (how: string): UnreadableRecording =>
  new UnreadableRecording(l10n.t('it is damaged: {0}', how));
