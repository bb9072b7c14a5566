import * as l10n from '@vscode/l10n';
import { modeOf, type Mode, type Registers } from '../registers/registers';

/** How code runs in a world: 'ring 0', '64-bit mode'. */
export function modeWords(registers: Registers): readonly [ring: string, mode: string] {
  const mode = modeOf(registers);
  return [l10n.t('ring {0}', mode.ring), modeName(mode)];
}

export function modeName({ name, bits }: Mode): string {
  if (name === 'real') return l10n.t('real mode');
  if (name === 'virtual-8086') return l10n.t('virtual-8086 mode');
  if (name === '64-bit') return l10n.t('64-bit mode');
  return name === 'compatibility'
    ? l10n.t('compatibility, {0}-bit', bits)
    : l10n.t('protected, {0}-bit', bits);
}
