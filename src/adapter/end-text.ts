import * as l10n from '@vscode/l10n';

/** What the monitor and run control give as reasons for the guest's end, in the user's language. */
const WHY: Readonly<Record<string, () => string>> = {
  halted: () => l10n.t('halted with interrupts disabled'),
  'exit hypercall': () => l10n.t('exit hypercall'),
  'exit device': () => l10n.t('exit device'),
  'power-off': () => l10n.t('power-off'),
  'triple fault': () => l10n.t('triple fault'),
  'fetch from guest-physical memory that does not exist': () =>
    l10n.t('fetch from guest-physical memory that does not exist'),
};

export function endReason(why: string): string {
  return WHY[why]?.() ?? why;
}

/** For the console, when the session ends. */
export function endText(why: string, exitCode: number): string {
  return l10n.t('The guest has ended: {0} (exit code {1})', endReason(why), exitCode);
}
