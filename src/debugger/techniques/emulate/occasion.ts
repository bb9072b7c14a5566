import * as l10n from '@vscode/l10n';
import { fetchedText, type SoftwareProcessor, type VirtualMachine } from '../../../vmm';

/** What the monitor has control for: the instruction that it does in software, as it was fetched or is about to be. */
export function emulationOccasion(
  { monitor: { activity } }: VirtualMachine,
  software: SoftwareProcessor,
): string | undefined {
  if (!activity) return undefined;
  const done = activity.done.find(({ name }) => name === 'fetch');
  const fetched = done?.result ?? software.fetch();
  return l10n.t('emulation of {0}', fetchedText(fetched));
}
