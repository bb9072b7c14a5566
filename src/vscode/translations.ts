import * as vscode from 'vscode';

/** The bundle of the editor's own display language, already loaded by it; undefined in English. */
export function translations(): Record<string, string> | undefined {
  const { bundle } = vscode.l10n;
  if (!bundle) return undefined;
  return Object.fromEntries(
    Object.entries(bundle).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : (value as { message: string }).message,
    ]),
  );
}
