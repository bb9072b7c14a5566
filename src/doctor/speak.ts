import * as l10n from '@vscode/l10n';

/** Sets the language of everything the doctor says: the texts by their English. */
export function speak(translations: Readonly<Record<string, string>> | undefined): void {
  if (translations) l10n.config({ contents: { ...translations } });
}
