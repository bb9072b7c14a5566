import * as l10n from '@vscode/l10n';

/** Debug information that is damaged, or says what nobody here understands. */
export class DebugInfoError extends Error {
  override name = 'DebugInfoError';

  /** @param offset in the section, of what is wrong */
  constructor(section: string, offset: number, what: string) {
    super(l10n.t('{0}, offset {1}: {2}', section, `0x${offset.toString(16)}`, what));
  }
}
